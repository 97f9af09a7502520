package io.holdfast.replication.quorum;

/** Why a replica did nothing. */
enum Refusal {
    /** The request stands on an older ring than the replica's; the news of it follows. */
    OLD_RING,
    /** The replica does not know the ring of the request yet. */
    UNKNOWN_RING,
    /** The replica keeps no rows of that partition. */
    NOT_A_REPLICA,
    /** The store takes no writes: its disk is full or broken, or its bound is reached. */
    STORE_REFUSES
}
