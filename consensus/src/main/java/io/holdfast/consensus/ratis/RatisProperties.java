package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.RaftConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Every setting of Ratis that is not left alone, and why. */
final class RatisProperties {
    private static final Duration FIRST_ELECTION = Duration.ofMillis(200);

    private RatisProperties() {}

    static RaftProperties of(RaftConfig config, Path directory) {
        RaftProperties properties = new RaftProperties();
        properties.set(RaftConfigKeys.Rpc.TYPE_KEY, WireRpcType.class.getName());
        storage(properties, config, directory);
        timing(properties, config);
        log(properties, config);
        appender(properties, config);
        return properties;
    }

    private static void storage(RaftProperties properties, RaftConfig config, Path directory) {
        // both defaults are in the temp folder, which a reboot empties
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(
                properties, directory.resolve("removed").toFile());
        RaftServerConfigKeys.setStorageFreeSpaceMin(
                properties, SizeInBytes.valueOf(0)); // the engine looks, and says more
        // the state machine decides when, beside apply; nothing is written while a replica closes
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, config.snapshotsKept());
    }

    private static void timing(RaftProperties properties, RaftConfig config) {
        Duration min = config.electionTimeoutMin();
        Duration max = config.electionTimeoutMax();
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, time(min));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, time(max));
        // a group that has just started has nobody to wait for, however patient it is with a leader
        Duration first = min.dividedBy(5).compareTo(FIRST_ELECTION) < 0 ? min.dividedBy(5) : FIRST_ELECTION;
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, time(first));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, time(first.multipliedBy(4)));
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, time(max));
        RaftServerConfigKeys.Rpc.setSlownessTimeout(properties, time(max.multipliedBy(5)));
        // also how long a leader that lost its majority may not stand again, so not longer than an election
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, time(max));
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        RaftServerConfigKeys.LeaderElection.setMemberMajorityAdd(properties, false);
        // a paused process steps down; only after very long does it close
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(300, TimeUnit.SECONDS));
        RaftServerConfigKeys.setStagingTimeout(properties, time(config.joinTimeout()));
        // never used for reads that must be right: see ADR 0006
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.DEFAULT);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(properties, false);
    }

    private static void log(RaftProperties properties, RaftConfig config) {
        long batch = 2 * config.maxEntry().bytes();
        Log.setUseMemory(properties, false);
        Log.setSegmentSizeMax(properties, size(config.segmentSize().bytes()));
        Log.setPreallocatedSize(properties, size(Math.min(config.segmentSize().bytes(), 1024 * 1024)));
        Log.setWriteBufferSize(properties, size(batch + 64 * 1024)); // direct memory for each group
        Log.setSegmentCacheNumMax(properties, 2);
        Log.setSegmentCacheSizeMax(properties, size(2 * config.segmentSize().bytes()));
        Log.setQueueElementLimit(properties, 4096); // more than the pending entries: a full queue blocks the group
        Log.setQueueByteLimit(properties, size(128L * 1024 * 1024));
        Log.setForceSyncNum(properties, 512);
        Log.setUnsafeFlushEnabled(properties, false); // acknowledged is durable
        Log.setAsyncFlushEnabled(properties, false);
        Log.setLogMetadataEnabled(properties, false); // half the entries of a lone writer
        Log.setCorruptionPolicy(properties, Log.CorruptionPolicy.EXCEPTION);
        Log.setPurgeUptoSnapshotIndex(properties, true); // a dead follower must not pin the log
        Log.setPurgePreservationLogNum(properties, config.logMargin());
        Log.setPurgeGap(properties, Math.min(1024, Math.max(1, config.snapshotEntries() / 2)));
        // appends with entries arrive on one thread of the group, in order: nothing to compose
        Log.setAppendEntriesComposeEnabled(properties, false);
    }

    private static void appender(RaftProperties properties, RaftConfig config) {
        long batch = 2 * config.maxEntry().bytes();
        Log.Appender.setBufferByteLimit(properties, size(batch));
        Log.Appender.setInstallSnapshotEnabled(properties, true);
        Log.Appender.setSnapshotChunkSizeMax(properties, size(SnapshotChunks.SIZE));
        Log.Appender.setWaitTimeMin(properties, TimeDuration.ZERO);
        RaftServerConfigKeys.Write.setElementLimit(properties, config.pendingEntries());
        RaftServerConfigKeys.Write.setByteLimit(
                properties, size(config.pendingBytes().bytes()));
        RaftServerConfigKeys.Watch.setElementLimit(properties, 16); // not used
        RaftServerConfigKeys.RetryCache.setExpiryTime(
                properties, TimeDuration.valueOf(1, TimeUnit.SECONDS)); // sessions do that
    }

    private static SizeInBytes size(long bytes) {
        return SizeInBytes.valueOf(bytes);
    }

    private static TimeDuration time(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
