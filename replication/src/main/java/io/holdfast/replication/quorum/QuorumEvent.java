package io.holdfast.replication.quorum;

/** What the protocol tells its node. */
sealed interface QuorumEvent {
    /** A call has ended. */
    record Ended(long call, QuorumResult result) implements QuorumEvent {}

    /** Somebody knows a ring that this node does not: look it up. */
    record RingWanted(long epoch) implements QuorumEvent {}

    /** The rows that this node must take before the ring can change further are here. */
    record Filled(long epoch) implements QuorumEvent {}

    /** A step that looks after rows has failed; it is tried again. */
    record Trouble(RuntimeException cause) implements QuorumEvent {}

    /** Something was counted. */
    record Counted(Count what, long by) implements QuorumEvent {}

    /** What is counted. */
    enum Count {
        /** A row of a replica was brought up to date by a read. */
        READ_REPAIR,
        /** A hint was kept for a node that did not answer. */
        HINT_KEPT,
        /** A hint was delivered. */
        HINT_DELIVERED,
        /** A hint was not kept: there were too many. Anti-entropy repairs what it stood for. */
        HINT_REFUSED,
        /** A row was sent because trees differed. */
        TREE_REPAIR,
        /** A tombstone was forgotten. */
        TOMBSTONE_COLLECTED,
        /** A value expired. */
        EXPIRED,
        /** A write was made again because a later one stood on a replica. */
        OVERTAKEN
    }
}
