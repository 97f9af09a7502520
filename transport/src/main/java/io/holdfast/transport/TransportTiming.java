package io.holdfast.transport;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * The timeouts of a transport.
 *
 * @param connectTimeout how long a TCP connection may take
 * @param handshakeTimeout how long TLS and hello may take together
 * @param pingInterval how long a connection may be silent before it is pinged
 * @param reconnectMin the first pause after a failed connection attempt
 * @param reconnectMax the longest such pause
 */
public record TransportTiming(
        @Doc("How long making a TCP connection may take.") @Default("2s")
        Duration connectTimeout,

        @Doc("How long TLS and hello may take together; then the connection is closed.") @Default("5s")
        Duration handshakeTimeout,

        @Doc(
                "A connection without incoming bytes for this long is pinged; if nothing comes for as long again, it is closed.")
        @Default("5s")
        Duration pingInterval,

        @Doc(
                "The first pause after a failed attempt to connect; it doubles with each further one: min(max, min * 2^n), jittered between half and all of it.")
        @Default("50ms")
        Duration reconnectMin,

        @Doc("The longest pause between attempts to connect.") @Default("2s")
        Duration reconnectMax) {
    /**
     * Validates the relations.
     *
     * @param connectTimeout how long a TCP connection may take
     * @param handshakeTimeout how long TLS and hello may take together
     * @param pingInterval how long a connection may be silent before it is pinged
     * @param reconnectMin the first pause after a failed connection attempt
     * @param reconnectMax the longest such pause
     * @throws IllegalArgumentException if a duration is not positive, longer than an hour, or the pauses are the wrong way round
     */
    public TransportTiming {
        bounded("connect-timeout", connectTimeout);
        bounded("handshake-timeout", handshakeTimeout);
        bounded("ping-interval", pingInterval);
        bounded("reconnect-min", reconnectMin);
        bounded("reconnect-max", reconnectMax);
        Check.that(
                reconnectMin.compareTo(reconnectMax) <= 0,
                "reconnect-min (%s) must not be longer than reconnect-max (%s)",
                reconnectMin,
                reconnectMax);
    }

    private static void bounded(String name, Duration value) {
        Check.positive(name, value);
        Check.that(value.compareTo(Duration.ofHours(1)) <= 0, "%s (%s) must not be longer than an hour", name, value);
    }

    /**
     * The default timeouts.
     *
     * @return the timeouts
     */
    public static TransportTiming defaults() {
        return new TransportTiming(
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofMillis(50),
                Duration.ofSeconds(2));
    }

    /**
     * These timeouts with another limit for the handshake.
     *
     * @param value TLS and hello together
     * @return a copy
     */
    public TransportTiming withHandshakeTimeout(Duration value) {
        return new TransportTiming(connectTimeout, value, pingInterval, reconnectMin, reconnectMax);
    }

    /**
     * These timeouts with another ping interval.
     *
     * @param value silence before a ping
     * @return a copy
     */
    public TransportTiming withPingInterval(Duration value) {
        return new TransportTiming(connectTimeout, handshakeTimeout, value, reconnectMin, reconnectMax);
    }

    /**
     * These timeouts with other pauses between attempts.
     *
     * @param min the first pause
     * @param max the longest pause
     * @return a copy
     */
    public TransportTiming withReconnect(Duration min, Duration max) {
        return new TransportTiming(connectTimeout, handshakeTimeout, pingInterval, min, max);
    }
}
