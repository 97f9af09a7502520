package io.holdfast.node;

import io.holdfast.consensus.group.GroupConfig;
import io.holdfast.consensus.log.GroupLogConfig;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.session.SessionConfig;
import io.holdfast.core.Check;
import io.holdfast.core.GroupId;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Maps, locks, counters and queues that all nodes agree on: {@code holdfast.consensus}. Either all nodes of a cluster have it or none.
 *
 * @param enabled whether this node takes part
 * @param groups how many groups there are
 * @param voters how many nodes vote
 * @param replaceAfter how long a voter may be dead, or its replica fail
 * @param sessionTimeToLive how long a silent node keeps its locks
 * @param backupDirectory where backups that are asked for over HTTP go
 * @param restoreFrom the backup that the cluster begins with
 * @param raft the numbers of the engine
 * @param log the bounds of the log
 */
public record ConsensusConfig(
        @Doc(
                "Whether this node takes part in the group that keeps maps, locks, counters and queues; the same on all nodes. A node that takes part may be asked to keep a replica, which costs threads, memory and disk.")
        @Default("false")
        boolean enabled,

        @Doc(
                "How many groups there are, 1 to 32: 'default', and 'data-1', 'data-2' and so on, over which entities and sharded maps are spread; each costs every voter threads, memory and disk. The same on all nodes, and fixed when the cluster is made: a data directory that was made with another number is refused.")
        @Default("1")
        int groups,

        @Doc(
                "How many nodes vote, 1, 3, 5 or 7, if there are as many; all others use the group without a vote. The same on all nodes.")
        @Default("3")
        int voters,

        @Doc(
                "How long a voter may be dead, or its replica fail, before a live node takes its seat; a restart should fit into it.")
        @Default("30s")
        Duration replaceAfter,

        @Doc("After how long without a sign of life a node loses its locks, offices and ephemeral keys.")
        @Default("10s")
        Duration sessionTimeToLive,

        @Doc("Where POST /admin/consensus/backup writes its files. Without it, only the application can take backups.")
        Optional<Path> backupDirectory,

        @Doc(
                "A backup that a new cluster begins with. Only for the one node that founds it, with holdfast.node.expect=1 and an empty data directory; the others join when it is ready. It may stay set when the node is started again. With several groups it is a directory with a file of each, default.backup, data-1.backup and so on.")
        Optional<Path> restoreFrom,

        @Doc("The numbers of the Raft engine.") RaftConfig raft,

        @Doc("The bounds of the log on this node.") GroupLogConfig log) {
    /** The group of all that is not spread over several. */
    static final GroupId DEFAULT = GroupId.of("default");

    private static final int MAX_GROUPS = 32;

    /**
     * Validates the bounds.
     *
     * @param enabled as the component
     * @param groups as the component
     * @param voters as the component
     * @param replaceAfter as the component
     * @param sessionTimeToLive as the component
     * @param backupDirectory as the component
     * @param restoreFrom as the component
     * @param raft as the component
     * @param log as the component
     * @throws IllegalArgumentException if one is passed
     */
    public ConsensusConfig {
        Check.between("groups", groups, 1, MAX_GROUPS);
        Check.that(
                voters % 2 == 1 && voters >= 1 && voters <= 7,
                "voters (%s) must be 1, 3, 5 or 7: an even one more survives no further loss",
                voters);
        Check.positive("replace-after", replaceAfter);
        Check.between("session-time-to-live in milliseconds", sessionTimeToLive.toMillis(), 1000, 3_600_000);
    }

    /** All groups, in order. */
    List<GroupId> groupIds() {
        return IntStream.range(0, groups)
                .mapToObj(i -> i == 0 ? DEFAULT : GroupId.of("data-" + i))
                .toList();
    }

    /** The backup that a group begins with. */
    Optional<Path> restoreFrom(GroupId group) {
        return groups == 1 ? restoreFrom : restoreFrom.map(directory -> directory.resolve(group + ".backup"));
    }

    GroupConfig group() {
        return GroupConfig.lan()
                .withVoters(voters)
                .withReplaceAfter(replaceAfter)
                .withSilenceLimit(raft.electionTimeoutMin());
    }

    SessionConfig session() {
        return SessionConfig.lan().withTimeToLive(sessionTimeToLive);
    }
}
