package io.holdfast.discovery.traffic;

import io.holdfast.core.call.CallContext;
import io.holdfast.discovery.balance.Chance;
import java.util.concurrent.atomic.AtomicInteger;

/** The copies of one rule that are under way. Safe for use by many threads. */
final class Mirror {
    private final MirrorConfig config;
    private final AtomicInteger underWay = new AtomicInteger();

    Mirror(MirrorConfig config) {
        this.config = config;
    }

    String version() {
        return config.version();
    }

    boolean wants(CallContext context, Chance chance) {
        return chance.happens(config.share()) && !context.baggage().containsKey(MirrorConfig.MARK);
    }

    boolean begin() {
        if (underWay.incrementAndGet() <= config.maxConcurrent()) {
            return true;
        }
        underWay.decrementAndGet();
        return false;
    }

    void end() {
        underWay.decrementAndGet();
    }
}
