package io.holdfast.transport.netty;

import io.holdfast.transport.TransportMetric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The meters of a transport, looked up once. Safe for use by many threads. */
final class TransportMeters {
    /** Why a message was refused or dropped. */
    enum Drop {
        QUEUE_FULL,
        IN_FLIGHT,
        NO_ROUTE,
        DRAINING,
        MALFORMED
    }

    private final MeterRegistry registry;
    private final Counter bytesIn;
    private final Counter bytesOut;
    private final Map<Refusal, Counter> handshakeFailures = new EnumMap<>(Refusal.class);
    private final Map<Drop, Counter> dropped = new EnumMap<>(Drop.class);

    TransportMeters(MeterRegistry registry) {
        this.registry = registry;
        bytesIn = bytes("in");
        bytesOut = bytes("out");
        for (Refusal reason : Refusal.values()) {
            handshakeFailures.put(reason, counter(TransportMetric.HANDSHAKE_FAILURES, reason));
        }
        for (Drop reason : Drop.values()) {
            dropped.put(reason, counter(TransportMetric.DROPPED, reason));
        }
    }

    private Counter bytes(String direction) {
        return TransportMetric.BYTES
                .counter()
                .baseUnit("bytes")
                .tag("direction", direction)
                .register(registry);
    }

    private Counter counter(TransportMetric metric, Enum<?> reason) {
        return metric.counter()
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    void gauge(TransportMetric metric, Tags tags, Supplier<Number> value) {
        metric.gauge(value).tags(tags).register(registry);
    }

    void received(long bytes) {
        bytesIn.increment((double) bytes);
    }

    void sent(long bytes) {
        bytesOut.increment((double) bytes);
    }

    void handshakeFailed(Refusal reason) {
        count(handshakeFailures.get(reason));
    }

    void dropped(Drop reason) {
        count(dropped.get(reason));
    }

    private static void count(@Nullable Counter counter) {
        if (counter != null) {
            counter.increment();
        }
    }
}
