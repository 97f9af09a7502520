package io.holdfast.replication.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.testkit.sim.SimHost;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A node of a {@link CrdtSim}: the protocol, its replica and handles. What is sent goes through the codec, and is no larger than it may be. */
final class SimCrdts implements Protocol<CrdtRequest, CrdtMessage, CrdtTimer, CrdtEvent> {
    final SimHost host;
    final Replica replica;
    final CrdtNode node;
    final Shelf shelf;
    private final CrdtConfig config;

    SimCrdts(SimHost host, CrdtConfig config, CrdtRules rules) {
        this.host = host;
        this.config = config;
        RandomGenerator random = host.environment().random().split("crdt");
        String name = host.id().value();
        replica = new Replica(config, rules, host.environment().wallClock(), () -> rules.newActor(name, random));
        Optional<SpaceDisk> disk = Optional.of(new SpaceDisk("crdt", 40));
        CrdtNode.restore(disk, host.cells(), replica);
        node = new CrdtNode(config, rules, replica, disk, random);
        shelf = new Shelf(replica);
    }

    /** Whose contexts are no version vectors. */
    Optional<ObjectId> gap() {
        return replica.ids().stream()
                .filter(id -> !Objects.requireNonNull(replica.find(id)).seen().isVersionVector())
                .findFirst();
    }

    @Override
    public void onStart(long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        node.onStart(nowNanos, out);
    }

    @Override
    public void onRequest(CrdtRequest request, long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        node.onRequest(request, nowNanos, out);
        check(out);
    }

    @Override
    public void onMessage(
            Address from, CrdtMessage message, long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        node.onMessage(from, CrdtMessageCodec.decode(CrdtMessageCodec.encode(message)), nowNanos, out);
        check(out);
    }

    @Override
    public void onTimer(CrdtTimer timer, long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        node.onTimer(timer, nowNanos, out);
        check(out);
    }

    private void check(Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        out.sends()
                .forEach(send -> assertThat(CrdtMessageCodec.encode(send.message()).length)
                        .as("size of a message")
                        .isLessThanOrEqualTo((int) config.maxMessageBytes().bytes()));
    }
}
