package io.holdfast.replication.saga;

import io.holdfast.core.Address;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.testkit.sim.SimHost;

/** A node of {@link SagaSim}: a host in one life. */
final class SagaNode implements Protocol<Runnable, String, String, String> {
    final SimHost host;
    final SagaHost sagas;
    final ReplicatedJournal journal;

    SagaNode(SimHost host, SagaHost sagas, ReplicatedJournal journal) {
        this.host = host;
        this.sagas = sagas;
        this.journal = journal;
    }

    @Override
    public void onStart(long nowNanos, Outbox<String, String, String> out) {}

    @Override
    public void onRequest(Runnable request, long nowNanos, Outbox<String, String, String> out) {
        request.run();
    }

    @Override
    public void onMessage(Address from, String message, long nowNanos, Outbox<String, String, String> out) {}

    @Override
    public void onTimer(String timer, long nowNanos, Outbox<String, String, String> out) {}
}
