package io.holdfast.transport.netty;

import io.holdfast.core.Address;
import io.holdfast.core.ClusterMismatchException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.transport.TransportTiming;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The way to one address: at most one connection, made on first use, remade on the next use after it was lost. After a failed attempt, uses fail at once until the pause is
 * over; the pause is {@code min(max, min * 2^n)}, jittered between half and all of it. Safe for use by many threads.
 */
final class PeerLink {
    /** Makes connections. */
    interface Dialler {
        OutboundWire dial(PeerLink link);
    }

    private final Address address;
    private final TransportTiming timing;
    private final RandomGenerator random;
    private final MonotonicClock clock;
    private final boolean requireNodeName;
    private final Dialler dialler;

    private volatile @Nullable OutboundWire wire;
    private int failures;
    private long retryAtNanos;
    private @Nullable HoldfastException lastFailure;

    PeerLink(
            Address address,
            TransportTiming timing,
            RandomGenerator random,
            MonotonicClock clock,
            boolean requireNodeName,
            Dialler dialler) {
        this.address = address;
        this.timing = timing;
        this.random = random;
        this.clock = clock;
        this.requireNodeName = requireNodeName;
        this.dialler = dialler;
    }

    Address address() {
        return address;
    }

    boolean requireNodeName() {
        return requireNodeName;
    }

    /**
     * The connection, which may still be in the making.
     *
     * @throws HoldfastException if the last attempt failed and the pause is not over
     */
    OutboundWire wire() {
        OutboundWire current = wire;
        return current != null && !current.isClosed() ? current : dial();
    }

    private synchronized OutboundWire dial() {
        OutboundWire current = wire;
        if (current != null && !current.isClosed()) {
            return current;
        }
        HoldfastException failure = lastFailure;
        long pause = retryAtNanos - clock.nanoTime();
        if (failure != null && pause > 0) {
            throw again(failure, pause);
        }
        OutboundWire made = dialler.dial(this);
        wire = made;
        return made;
    }

    /** The same failure for another caller: an exception of its own, with this caller's stack. */
    private static HoldfastException again(HoldfastException failure, long pauseNanos) {
        String message =
                "%s (tried again in %d ms at the earliest)".formatted(failure.getMessage(), pauseNanos / 1_000_000 + 1);
        return failure instanceof ClusterMismatchException
                ? new ClusterMismatchException(message, failure)
                : new UnavailableException(message, failure);
    }

    @Nullable OutboundWire current() {
        return wire;
    }

    /** Whether the peer can be forgotten: there is no connection. */
    boolean isIdle() {
        OutboundWire current = wire;
        return current == null || current.isClosed();
    }

    synchronized void onReady() {
        failures = 0;
        lastFailure = null;
    }

    /** A connection ended. One that was greeted may be remade at once. */
    synchronized void onClosed(OutboundWire ended, HoldfastException reason) {
        if (ended.peer() != null) {
            return;
        }
        long doubled = timing.reconnectMin().toNanos() << Math.min(failures, 16);
        long bound = Math.min(timing.reconnectMax().toNanos(), doubled);
        synchronized (random) { // one generator for all links
            retryAtNanos = clock.nanoTime() + bound / 2 + random.nextLong(bound / 2 + 1);
        }
        failures++;
        lastFailure = reason;
    }

    HoldfastException drains() {
        return new UnavailableException(
                "%s drains and takes no new requests; nothing was sent: call another node".formatted(address));
    }
}
