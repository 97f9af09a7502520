package io.holdfast.node;

import io.holdfast.core.config.ConfigurationException;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.transport.LinkFaults;
import io.holdfast.transport.TlsConfig;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportLimits;
import io.holdfast.transport.TransportTiming;
import java.util.Optional;

/**
 * How the wire between nodes works: {@code holdfast.transport}. Where it listens stands in {@link NodeConfig}.
 *
 * @param threads I/O threads
 * @param maxFrameSize the largest payload of one message
 * @param limits the bounds of queues and tables
 * @param timing the timeouts
 * @param faultInjection whether links can be cut through the admin endpoint, for tests
 * @param tls certificates, or empty for plaintext
 */
public record WireConfig(
        @Doc("I/O threads; each connection belongs to one of them.") @Default("2")
        int threads,

        @Doc(
                "The largest payload of one message, 64KiB to 64MiB; checked before memory is reserved. Nodes should agree.")
        @Default("4MiB")
        DataSize maxFrameSize,

        @Doc("The bounds of queues and tables.") TransportLimits limits,
        @Doc("The timeouts.") TransportTiming timing,

        @Doc(
                "For tests on the loopback interface only: /admin/links cuts and delays what other nodes send to this one, for whoever reaches the admin endpoint.")
        @Default("false")
        boolean faultInjection,

        @Doc("Certificates for TLS 1.3 on both sides; plaintext without it.")
        Optional<TlsConfig> tls) {
    LinkFaults faults() {
        return faultInjection ? LinkFaults.possible() : LinkFaults.off();
    }

    TransportConfig of(NodeConfig node) {
        if (tls.isEmpty() && !node.insecure() && !node.bind().isLoopback()) {
            throw ConfigurationException.of(
                    "holdfast.node.bind",
                    "bind (" + node.bind() + ") is beyond loopback and there is no TLS: anybody could join; configure"
                            + " holdfast.transport.tls, bind 127.0.0.1, or say holdfast.node.insecure=true if the network is private");
        }
        if (faultInjection && !node.bind().isLoopback()) {
            throw ConfigurationException.of(
                    "holdfast.transport.fault-injection",
                    "fault-injection (true) needs a node that others reach on the loopback interface only, and bind is "
                            + node.bind() + "; take it out, it is for tests");
        }
        return new TransportConfig(
                node.bind(), node.advertise(), node.insecure(), threads, maxFrameSize, limits, timing, tls);
    }
}
