package io.holdfast.benchmarks.consensus;

import java.io.IOException;

/** The node does not lead and has surely not done what it was asked for. */
final class NotLeaderException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int leader;

    /** With the index of the node that leads, or -1. */
    NotLeaderException(int leader) {
        super("not the leader; it is " + (leader < 0 ? "unknown" : leader));
        this.leader = leader;
    }

    int leader() {
        return leader;
    }
}
