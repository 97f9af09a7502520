package io.holdfast.sharding.placement;

/** Why a shard moves. */
public enum Reason {
    /** It has no owner. */
    NOBODY(0, true),
    /** Its owner is no member any more, or lives on as another run of its process. */
    GONE(0, true),
    /** Its owner hands everything over and goes. */
    LEAVING(1, true),
    /** An operator has banned its owner. */
    BANNED(2, false),
    /** Its owner lacks a label that is required. */
    UNFIT(2, false),
    /** An operator wants it elsewhere. */
    PINNED(3, false),
    /** A zone has more or less than its part. */
    ZONE(4, false),
    /** A node has more or less than its part. */
    BALANCE(4, false);

    private final int rank;
    private final boolean evenIfPaused;

    Reason(int rank, boolean evenIfPaused) {
        this.rank = rank;
        this.evenIfPaused = evenIfPaused;
    }

    /**
     * Whether nobody serves the shard until the move is made.
     *
     * @return true for {@link #NOBODY} and {@link #GONE}
     */
    public boolean urgent() {
        return rank == 0;
    }

    /** What comes first in a plan: the smaller number. */
    int rank() {
        return rank;
    }

    boolean evenIfPaused() {
        return evenIfPaused;
    }
}
