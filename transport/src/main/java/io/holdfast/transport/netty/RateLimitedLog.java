package io.holdfast.transport.netty;

import io.holdfast.core.env.MonotonicClock;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;

/** One warning a reason and ten seconds, with the number of those left out: a hostile peer must not fill the disk. Safe for use by many threads. */
final class RateLimitedLog {
    private static final long INTERVAL_NANOS = 10_000_000_000L;

    private final Logger log;
    private final MonotonicClock clock;
    private final Map<Refusal, Window> windows = new EnumMap<>(Refusal.class);

    RateLimitedLog(Logger log, MonotonicClock clock) {
        this.log = log;
        this.clock = clock;
    }

    void warn(Refusal reason, String text) {
        long suppressed;
        synchronized (windows) {
            long now = clock.nanoTime();
            Window window = windows.get(reason);
            if (window != null && now - window.since < INTERVAL_NANOS) {
                window.suppressed++;
                return;
            }
            suppressed = window == null ? 0 : window.suppressed;
            windows.put(reason, new Window(now));
        }
        if (suppressed == 0) {
            log.warn("{}", text);
        } else {
            log.warn("{} ({} more like it were not logged)", text, suppressed);
        }
    }

    private static final class Window {
        final long since;
        long suppressed;

        Window(long since) {
            this.since = since;
        }
    }
}
