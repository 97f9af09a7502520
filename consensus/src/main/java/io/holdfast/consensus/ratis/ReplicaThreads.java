package io.holdfast.consensus.ratis;

/** The threads that Ratis starts for one replica: when one of them dies, the replica fails and says so, and the process goes on. */
final class ReplicaThreads extends ThreadGroup {
    private final Replica replica;

    ReplicaThreads(Replica replica) {
        super("raft-" + replica.wiring().group());
        this.replica = replica;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        replica.fail("thread " + thread.getName() + " died: " + failure + "; restart the replica", failure);
    }
}
