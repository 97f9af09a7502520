package io.holdfast.replication.crdt;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;

/** The meters of a space. Safe for use by many threads. */
final class CrdtMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final DistributionSummary digests;
    private final DistributionSummary objects;
    private final DistributionSummary pieces;
    private final DistributionSummary acks;
    private final Counter refused;
    private final List<Meter> gauges = new ArrayList<>();

    CrdtMeters(MeterRegistry registry, Replica replica, CrdtNode node) {
        this.registry = registry;
        digests = sent("digests");
        objects = sent("objects");
        pieces = sent("piece");
        acks = sent("ack");
        refused = CrdtMetric.REFUSED.counter().register(registry);
        gauges.add(CrdtMetric.OBJECTS.gauge(replica::size).register(registry));
        gauges.add(CrdtMetric.SIZE.gauge(replica::bytes).register(registry));
        gauges.add(CrdtMetric.BACKLOG.gauge(node::historyBytes).register(registry));
    }

    private DistributionSummary sent(String content) {
        return CrdtMetric.SENT.summary().tag("content", content).register(registry);
    }

    void sent(CrdtMessage message, int bytes) {
        if (!(message instanceof CrdtMessage.Part part)) {
            acks.record(bytes);
        } else if (part.content() instanceof CrdtMessage.Digests) {
            digests.record(bytes);
        } else {
            (part.content() instanceof CrdtMessage.Piece ? pieces : objects).record(bytes);
        }
    }

    void refused() {
        refused.increment();
    }

    @Override
    public void close() {
        gauges.forEach(registry::remove);
    }
}
