package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;

/** Notices a replica that runs on without a thread that it needs. Used by the guard's turns only. */
final class Vitals {
    /** Turns of the guard; between two roles a replica is without a thread for a moment. */
    private static final int PATIENCE = 4;

    private final Replica replica;
    private RaftRole role = RaftRole.STARTING;
    private long term = -1;
    private int missed;

    Vitals(Replica replica) {
        this.replica = replica;
    }

    void look(ReplicaStatus now) {
        boolean same = now.role() == role && now.term() == term;
        role = now.role();
        term = now.term();
        boolean well = role == RaftRole.STARTING
                || role == RaftRole.STOPPED
                || replica.threads().areAlive(role);
        missed = well || !same ? 0 : missed + 1;
        if (missed >= PATIENCE) {
            missed = 0;
            replica.fail("it is a " + role + " whose thread has ended; see the log for why", null);
        }
    }
}
