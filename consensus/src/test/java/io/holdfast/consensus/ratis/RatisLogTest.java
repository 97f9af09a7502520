package io.holdfast.consensus.ratis;

import io.holdfast.consensus.log.GroupLogConfig;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.testkit.contract.LogCluster;
import io.holdfast.testkit.contract.ReplicatedLogContract;
import java.nio.file.Path;
import java.util.function.IntFunction;
import org.junit.jupiter.api.io.TempDir;

/** The contract of the log on Ratis. */
class RatisLogTest extends ReplicatedLogContract {
    @TempDir
    Path directory;

    @Override
    protected LogCluster start(int nodes, IntFunction<ReplicatedLog.Applier> appliers) {
        return new RatisLogCluster(directory, nodes, GroupLogConfig.lan(), appliers);
    }
}
