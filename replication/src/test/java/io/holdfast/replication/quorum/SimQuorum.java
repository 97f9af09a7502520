package io.holdfast.replication.quorum;

import io.holdfast.core.Address;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.replication.store.SimStore;
import io.holdfast.testkit.sim.SimHost;

/** A node of a simulation: the protocol, and after each turn a look whether its stores have something to sync. */
final class SimQuorum implements Protocol<QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> {
    /** What stands around a node in a simulation. */
    interface Surroundings {
        /** The node begins a life: it knows nobody and no ring. */
        void started(SimQuorum node);

        /** A turn is over: what its stores have not synced is to be synced. */
        void syncSoon(SimQuorum node);
    }

    final SimHost host;
    final QuorumNode node;
    final SimStore rows;
    final SimStore hints;
    private final Surroundings sim;

    SimQuorum(SimHost host, QuorumConfig config, QuorumRules rules, SimStore rows, SimStore hints, Surroundings sim) {
        this.host = host;
        this.rows = rows;
        this.hints = hints;
        this.sim = sim;
        rows.crash();
        hints.crash();
        this.node = new QuorumNode(host.id(), config, rules, rows, hints, host.cells(), host.environment());
    }

    @Override
    public void onStart(long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
        node.onStart(nowNanos, out);
        sim.started(this);
    }

    @Override
    public void onRequest(QuorumRequest request, long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
        node.onRequest(request, nowNanos, out);
        sim.syncSoon(this);
    }

    @Override
    public void onMessage(
            Address from, QuorumMessage message, long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
        node.onMessage(from, message, nowNanos, out);
        sim.syncSoon(this);
    }

    @Override
    public void onTimer(QuorumTimer timer, long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
        node.onTimer(timer, nowNanos, out);
        sim.syncSoon(this);
    }
}
