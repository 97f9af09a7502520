package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;

/** Notices a replica that runs on without a thread that it needs. Used by the guard's turns only. */
final class Vitals {
    /** Turns of the guard without a thread that was seen in this role and term. */
    private static final int PATIENCE = 4;

    /** Turns for a thread that was not seen yet: on a busy machine a new role may wait for its thread, and a leader that is stopped for that costs the next election. */
    private static final int PATIENCE_AT_FIRST = 12;

    private final Replica replica;
    private RaftRole role = RaftRole.STARTING;
    private long term = -1;
    private int missed;
    private boolean seen;

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
        seen = well || (same && seen);
        missed = well || !same ? 0 : missed + 1;
        if (missed >= (seen ? PATIENCE : PATIENCE_AT_FIRST)) {
            missed = 0;
            replica.fail("it is a " + role + " whose thread has ended; see the log for why", null);
        }
    }
}
