package io.holdfast.transport.http;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.transport.TlsConfig;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of an HTTP endpoint.
 *
 * @param bind where to listen; port 0 takes a free one
 * @param threads I/O threads
 * @param maxHeaderSize the largest header section
 * @param maxBodySize the largest request body
 * @param maxConnections open connections
 * @param headerTimeout how long a request's header may take from its first byte
 * @param bodyTimeout how long a request's body may take
 * @param handlerTimeout how long a handler may take
 * @param idleTimeout how long a connection may wait for a request
 * @param tls certificates, or empty for plaintext; clients then need certificates, too
 */
public record HttpConfig(
        @Doc("Where to listen; port 0 takes a free one. Loopback unless set.") @Default("127.0.0.1:0")
        Address bind,

        @Doc("I/O threads.") @Default("1") int threads,

        @Doc("The largest header section of a request; a larger one gets 431, a longer request line 414.")
        @Default("8KiB")
        DataSize maxHeaderSize,

        @Doc("The largest body of a request; a larger one gets 413.") @Default("1MiB")
        DataSize maxBodySize,

        @Doc("Open connections; a further one gets 503 and is closed.") @Default("1024")
        int maxConnections,

        @Doc("How long a request's header may take from its first byte; then 408.") @Default("5s")
        Duration headerTimeout,

        @Doc("How long a request's body may take after its header; then 408.") @Default("30s")
        Duration bodyTimeout,

        @Doc("How long a handler may take; then 503.") @Default("60s")
        Duration handlerTimeout,

        @Doc("How long a connection may wait for its next request; then it is closed.") @Default("60s")
        Duration idleTimeout,

        @Doc("Certificates for TLS on both sides; plaintext without it.")
        Optional<TlsConfig> tls) {
    /**
     * Validates the bounds.
     *
     * @param bind where to listen; port 0 takes a free one
     * @param threads I/O threads
     * @param maxHeaderSize the largest header section
     * @param maxBodySize the largest request body
     * @param maxConnections open connections
     * @param headerTimeout how long a request's header may take from its first byte
     * @param bodyTimeout how long a request's body may take
     * @param handlerTimeout how long a handler may take
     * @param idleTimeout how long a connection may wait for a request
     * @param tls certificates, or empty for plaintext; clients then need certificates, too
     * @throws IllegalArgumentException if one of them is out of range
     */
    public HttpConfig {
        Check.between("threads", threads, 1, 64);
        Check.between("max-header-size", maxHeaderSize.bytes(), 1024, 1024 * 1024);
        Check.between("max-body-size", maxBodySize.bytes(), 0, 256L * 1024 * 1024);
        Check.between("max-connections", maxConnections, 1, 1 << 20);
        Check.positive("header-timeout", headerTimeout);
        Check.positive("body-timeout", bodyTimeout);
        Check.positive("handler-timeout", handlerTimeout);
        Check.positive("idle-timeout", idleTimeout);
    }

    /**
     * Loopback, a free port, plaintext.
     *
     * @return the settings
     */
    public static HttpConfig local() {
        return new HttpConfig(
                Address.of("127.0.0.1", 0),
                1,
                new DataSize(8 * 1024),
                new DataSize(1024 * 1024),
                1024,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Optional.empty());
    }

    /**
     * These settings with another bind.
     *
     * @param value where to listen
     * @return a copy
     */
    public HttpConfig withBind(Address value) {
        return new HttpConfig(
                value,
                threads,
                maxHeaderSize,
                maxBodySize,
                maxConnections,
                headerTimeout,
                bodyTimeout,
                handlerTimeout,
                idleTimeout,
                tls);
    }

    /**
     * These settings with other bounds.
     *
     * @param header the largest header section
     * @param body the largest body
     * @param connections open connections
     * @return a copy
     */
    public HttpConfig withBounds(DataSize header, DataSize body, int connections) {
        return new HttpConfig(
                bind, threads, header, body, connections, headerTimeout, bodyTimeout, handlerTimeout, idleTimeout, tls);
    }

    /**
     * These settings with other timeouts.
     *
     * @param header for a request's header
     * @param body for a request's body
     * @param handler for a handler
     * @param idle for the next request
     * @return a copy
     */
    public HttpConfig withTimeouts(Duration header, Duration body, Duration handler, Duration idle) {
        return new HttpConfig(
                bind, threads, maxHeaderSize, maxBodySize, maxConnections, header, body, handler, idle, tls);
    }
}
