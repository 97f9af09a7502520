package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.version.Versions;
import java.util.List;
import java.util.Set;

/** The decisions on which it depends that no acknowledged write is lost, each alone, so that the simulation can plant a fault in one of them. */
class QuorumRules {
    static final QuorumRules SOUND = new QuorumRules();

    /** Nothing is told of a row before it would survive a power failure. */
    boolean waitsForSync() {
        return true;
    }

    /** What a replica has made leaves it when it would survive a power failure there. */
    boolean sendsAfterTheSync() {
        return true;
    }

    /** A write is done when a quorum of each set of replicas has stored it. */
    boolean isStored(ReplicaSets sets, Set<NodeId> stored, int needed) {
        return sets.isQuorum(stored, needed);
    }

    /** A read is answered by R of the replicas that readers ask, or all if they are fewer. */
    boolean isRead(ReplicaSets sets, Set<NodeId> answered, int needed) {
        return ReplicaSets.count(sets.readers(), answered)
                >= Math.min(needed, sets.readers().size());
    }

    /** What two replicas know together. */
    Versions merge(Versions mine, Versions theirs) {
        return mine.merge(theirs);
    }

    /** Whoever stands on an older ring may use replicas that are none any more. */
    boolean refuses(long asked, long mine) {
        return asked < mine;
    }

    /** Whoever does not know the ring does not know either whether its store is the one that the ring counts on: it answers no reads yet. */
    boolean waitsForRing(long asked, long mine) {
        return asked > mine;
    }

    /** The first dot of a life: behind all that were reserved. */
    long firstDot(long reserved, long block) {
        return reserved + 1;
    }

    /** Another node stands in for one that is gone, and counts for it, only if the caller said so. */
    boolean usesStandIns(boolean sloppy) {
        return sloppy;
    }

    /** A write that a replica knows a later one than was not last when it was made: it is made again. */
    boolean redoesOvertaken() {
        return true;
    }

    /** A hint goes when the node that it is for has stored it, and not before. */
    boolean dropsHintWhenSent() {
        return false;
    }

    /** A tombstone is the same here, and old enough. */
    boolean isCollectable(boolean same, boolean aged, boolean hinted) {
        return same && aged && !hinted;
    }

    /** What is written after a removal was forgotten here is later than that, also for who has not forgotten it yet. */
    boolean passesForgotten() {
        return true;
    }

    /** Who must agree that a tombstone is forgotten: all that keep rows, since any may hold a hint. */
    boolean allAgree(List<NodeId> members, Set<NodeId> agreed) {
        return agreed.containsAll(members);
    }

    /** From how many of the replicas before a newcomer takes a partition: from so many that they meet every quorum of writes. */
    int filledFrom(int replicasBefore) {
        return replicasBefore / 2 + 1;
    }

    /** What is left over from a time when this node kept a partition goes before it keeps it again. */
    boolean cleansLeftovers() {
        return true;
    }

    /** A partition is taken when enough have given it, and all that are alive. */
    boolean isFilled(int taken, int needed, boolean allAlive) {
        return taken >= needed && allAlive;
    }

    /** From how many of the others a member that has lost its disk takes its rows. */
    int rebuiltFrom(int others) {
        return others;
    }

    /** Whether a node reads its own rows for a partition that it has not taken yet. */
    boolean readsMissing() {
        return false;
    }

    /** A read that repairs first has stored what it answers. */
    boolean isRepaired(ReplicaSets sets, Set<NodeId> agreed, int stored) {
        return sets.isQuorum(agreed, stored);
    }
}
