package io.holdfast.consensus.ratis;

import io.holdfast.consensus.log.GroupLogConfig;
import io.holdfast.testkit.contract.LeadershipContract;
import io.holdfast.testkit.contract.LogCluster;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract of leadership on Ratis. */
class RatisLeadershipTest extends LeadershipContract {
    @TempDir
    Path directory;

    @Override
    protected LogCluster start(int nodes) {
        return new RatisLogCluster(directory, nodes, GroupLogConfig.lan(), node -> new EchoState());
    }
}
