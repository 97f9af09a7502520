package io.holdfast.transport.netty;

import io.holdfast.core.env.MonotonicClock;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * One warning a reason, a peer and ten seconds, with the number of those left out: a hostile peer must not fill the disk, and one refused node must not hide another. Beyond
 * {@value #MAX_PEERS} peers at a time, the names being theirs to choose, there is one warning a reason for all the others. Safe for use by many threads.
 */
final class RateLimitedLog {
    static final int MAX_PEERS = 64;
    private static final long INTERVAL_NANOS = 10_000_000_000L;
    private static final String ANYBODY = "";

    private final Logger log;
    private final MonotonicClock clock;
    private final Map<Key, Window> windows = new HashMap<>();

    RateLimitedLog(Logger log, MonotonicClock clock) {
        this.log = log;
        this.clock = clock;
    }

    /** Warns of a peer that has not said who it is. */
    void warn(Refusal reason, String text) {
        warn(reason, ANYBODY, text);
    }

    void warn(Refusal reason, String peer, String text) {
        long suppressed;
        synchronized (windows) {
            long now = clock.nanoTime();
            Key key = key(reason, peer, now);
            Window window = windows.get(key);
            if (window != null && now - window.since < INTERVAL_NANOS) {
                window.suppressed++;
                return;
            }
            suppressed = window == null ? 0 : window.suppressed;
            windows.put(key, new Window(now));
        }
        if (suppressed == 0) {
            log.warn("{}", text);
        } else {
            log.warn("{} ({} more like it were not logged)", text, suppressed);
        }
    }

    private Key key(Refusal reason, String peer, long now) {
        Key named = new Key(reason, peer);
        if (peer.equals(ANYBODY) || windows.containsKey(named)) {
            return named;
        }
        if (isFull()) {
            windows.values().removeIf(window -> now - window.since >= INTERVAL_NANOS);
        }
        return isFull() ? new Key(reason, ANYBODY) : named;
    }

    private boolean isFull() {
        return windows.size() >= MAX_PEERS;
    }

    private record Key(Refusal reason, String peer) {}

    private static final class Window {
        final long since;
        long suppressed;

        Window(long since) {
            this.since = since;
        }
    }
}
