package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.RaftRole;

/** The threads that Ratis starts for one replica: when one of them dies, the replica fails and says so, and the process goes on. */
final class ReplicaThreads extends ThreadGroup {
    private static final String UPDATER = "StateMachineUpdater";

    private final Replica replica;

    ReplicaThreads(Replica replica) {
        super("raft-" + replica.wiring().group());
        this.replica = replica;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        replica.fail("thread " + thread.getName() + " died: " + failure + "; restart the replica", failure);
    }

    /** Whether the threads live that a replica in this role cannot do without. Ratis lets some of them end with a line in its log: an election whose vote cannot be written, for instance. */
    boolean areAlive(RaftRole role) {
        String own = switch (role) {
            case LEADER -> "LeaderStateImpl";
            case CANDIDATE -> "LeaderElection";
            default -> "FollowerState";
        };
        return isAlive(own) && isAlive(UPDATER);
    }

    private boolean isAlive(String part) {
        Thread[] threads = new Thread[activeCount() + 16];
        int count = enumerate(threads);
        for (int i = 0; i < count; i++) {
            if (threads[i].getName().contains(part)) {
                return true;
            }
        }
        return false;
    }
}
