package io.holdfast.consensus.raft;

import java.util.Optional;

/**
 * A replica as it knows itself at one moment.
 *
 * @param self the replica
 * @param role what it does
 * @param ready whether it leads and has committed an entry of its own term, so that it may answer reads
 * @param term the Raft term
 * @param leader who leads in this term, as far as it knows
 * @param committed the last log index known to be committed
 * @param applied the last log index that was applied
 * @param voters who votes
 * @param lastContactNanos when it last heard from its leader (now, while it leads), on the environment's monotonic clock; {@link Long#MIN_VALUE} if never
 * @param failure why it can serve no more (disk full, damaged log, unknown command), or empty while it is well
 */
public record ReplicaStatus(
        PeerId self,
        RaftRole role,
        boolean ready,
        long term,
        Optional<PeerId> leader,
        long committed,
        long applied,
        Voters voters,
        long lastContactNanos,
        Optional<String> failure) {
    /** How the failure of a replica begins that met a command of a newer build: it goes on only in a process with that build. */
    public static final String NEEDS_UPGRADE = "NEEDS_UPGRADE";

    /**
     * Whether only a newer build can go on with this replica.
     *
     * @return true if opening it again in this process is of no use
     */
    public boolean needsUpgrade() {
        return failure.filter(reason -> reason.startsWith(NEEDS_UPGRADE)).isPresent();
    }
}
