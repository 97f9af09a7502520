package io.holdfast.replication.crdt;

/** What {@link CrdtNode} is woken for: an interval ends. */
enum CrdtTimer {
    TICK
}
