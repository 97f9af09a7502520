package io.holdfast.replication.event;

import io.holdfast.replication.event.PartitionView.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The meters of a node's part in a group. Safe for use by many threads. */
final class GroupMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Tags tags;
    private final Counter consumed;
    private final List<Meter> gauges = new ArrayList<>();

    GroupMeters(MeterRegistry registry, String log, String group) {
        this.registry = registry;
        this.tags = Tags.of("log", log, "group", group);
        this.consumed = EventMetric.CONSUMED.counter().tags(tags).register(registry);
    }

    /** Before the group begins; the workers may be read by any thread. */
    void watch(Collection<? extends PartitionWorker<?>> workers) {
        gauges.add(EventMetric.LAG
                .gauge(() -> workers.stream().mapToLong(PartitionWorker::lag).sum())
                .tags(tags)
                .register(registry));
        for (State state : State.values()) {
            gauges.add(EventMetric.PARTITIONS
                    .gauge(() -> workers.stream()
                            .filter(worker -> worker.state() == state)
                            .count())
                    .tags(tags.and("state", state.name().toLowerCase(Locale.ROOT)))
                    .register(registry));
        }
    }

    void consumed(long events) {
        consumed.increment(events);
    }

    /** Takes the gauges out of the registry, so that the same group may begin again. */
    @Override
    public void close() {
        gauges.forEach(registry::remove);
    }
}
