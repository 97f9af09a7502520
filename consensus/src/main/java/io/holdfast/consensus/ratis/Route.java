package io.holdfast.consensus.ratis;

import io.holdfast.core.GroupId;
import io.holdfast.core.transport.Lane;

/** The messages of Raft and the lanes in which they travel. */
enum Route {
    VOTE(Lane.CONTROL),
    ELECT(Lane.CONTROL),
    /** An append without entries: never behind data. */
    BEAT(Lane.CONTROL),
    /** An append with entries, in order. */
    APPEND(Lane.CALL),
    SNAPSHOT(Lane.BULK),
    /** Which snapshot comes next; answered by how much of it is there. */
    OFFER(Lane.CALL);

    private final Lane lane;

    Route(Lane lane) {
        this.lane = lane;
    }

    Lane lane() {
        return lane;
    }

    String of(GroupId group) {
        return "raft/" + group + "/" + name().toLowerCase(java.util.Locale.ROOT);
    }
}
