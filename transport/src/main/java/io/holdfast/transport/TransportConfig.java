package io.holdfast.transport;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.config.DataSize;
import java.util.Optional;

/**
 * The settings of a node's transport.
 *
 * @param bind where to listen; port 0 takes a free one
 * @param advertise the address that peers are told where it differs (containers, NAT), or empty for the bound one; port 0 stands for the bound port
 * @param insecure whether a bind beyond loopback is allowed without TLS: everybody who reaches the port is then a trusted node
 * @param threads I/O threads; each connection belongs to one of them
 * @param maxFrameSize the largest payload of one message, 64 KiB to 64 MiB; nodes should agree
 * @param limits the bounds of queues and tables
 * @param timing the timeouts
 * @param tls certificates, or empty for plaintext
 */
public record TransportConfig(
        Address bind,
        Optional<Address> advertise,
        boolean insecure,
        int threads,
        DataSize maxFrameSize,
        TransportLimits limits,
        TransportTiming timing,
        Optional<TlsConfig> tls) {
    /**
     * Validates the relations.
     *
     * @param bind where to listen; port 0 takes a free one
     * @param advertise the address that peers are told, or empty for the bound one
     * @param insecure whether a bind beyond loopback is allowed without TLS
     * @param threads I/O threads
     * @param maxFrameSize the largest payload of one message
     * @param limits the bounds of queues and tables
     * @param timing the timeouts
     * @param tls certificates, or empty for plaintext
     * @throws IllegalArgumentException if a number is out of bounds, the bind is beyond loopback without TLS and not marked insecure, or it is every interface without an
     *     address to advertise
     */
    public TransportConfig {
        Check.between("threads", threads, 1, 64);
        Check.between("max-frame-size", maxFrameSize.bytes(), 64 * 1024, 64L * 1024 * 1024);
        Check.that(
                tls.isPresent() || insecure || bind.isLoopback(),
                "bind (%s) is beyond loopback and there is no TLS: anybody could join; configure transport.tls, bind 127.0.0.1, or say"
                        + " transport.insecure=true if the network is private",
                bind);
        Check.that(
                advertise.isPresent() || !isWildcard(bind.host()),
                "bind (%s) is every interface, which is no address to tell others; advertise (holdfast.node.advertise) a host that they reach",
                bind);
    }

    private static boolean isWildcard(String host) {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    /**
     * Loopback, a free port, plaintext.
     *
     * @return the settings
     */
    public static TransportConfig local() {
        return new TransportConfig(
                Address.of("127.0.0.1", 0),
                Optional.empty(),
                false,
                2,
                new DataSize(4L * 1024 * 1024),
                TransportLimits.defaults(),
                TransportTiming.defaults(),
                Optional.empty());
    }

    /**
     * These settings with another bind.
     *
     * @param value where to listen
     * @return a copy
     */
    public TransportConfig withBind(Address value) {
        return new TransportConfig(value, advertise, insecure, threads, maxFrameSize, limits, timing, tls);
    }

    /**
     * These settings with another advertised address.
     *
     * @param value what peers are told
     * @return a copy
     */
    public TransportConfig withAdvertise(Address value) {
        return new TransportConfig(bind, Optional.of(value), insecure, threads, maxFrameSize, limits, timing, tls);
    }

    /**
     * These settings with another number of I/O threads.
     *
     * @param value 1 to 64
     * @return a copy
     */
    public TransportConfig withThreads(int value) {
        return new TransportConfig(bind, advertise, insecure, value, maxFrameSize, limits, timing, tls);
    }

    /**
     * These settings with another maximum frame size.
     *
     * @param value 64 KiB to 64 MiB
     * @return a copy
     */
    public TransportConfig withMaxFrameSize(DataSize value) {
        return new TransportConfig(bind, advertise, insecure, threads, value, limits, timing, tls);
    }

    /**
     * These settings with other bounds.
     *
     * @param value the bounds
     * @return a copy
     */
    public TransportConfig withLimits(TransportLimits value) {
        return new TransportConfig(bind, advertise, insecure, threads, maxFrameSize, value, timing, tls);
    }

    /**
     * These settings with other timeouts.
     *
     * @param value the timeouts
     * @return a copy
     */
    public TransportConfig withTiming(TransportTiming value) {
        return new TransportConfig(bind, advertise, insecure, threads, maxFrameSize, limits, value, tls);
    }

    /**
     * These settings with TLS.
     *
     * @param value the certificates
     * @return a copy
     */
    public TransportConfig withTls(TlsConfig value) {
        return new TransportConfig(
                bind, advertise, insecure, threads, maxFrameSize, limits, timing, Optional.of(value));
    }
}
