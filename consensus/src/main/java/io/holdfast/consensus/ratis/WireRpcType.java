package io.holdfast.consensus.ratis;

import java.util.Objects;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/** Tells Ratis to talk over the one wire. Ratis makes it by its name; of no use to anybody else. */
public final class WireRpcType implements RpcType {
    private static final String WIRING = "holdfast.wiring";

    /** Called by Ratis. */
    public WireRpcType() {}

    static Parameters parameters(Replica replica) {
        Parameters parameters = new Parameters();
        parameters.put(WIRING, replica, Replica.class);
        return parameters;
    }

    @Override
    public String name() {
        return "HOLDFAST";
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new Factory(this, Objects.requireNonNull(parameters.get(WIRING, Replica.class)));
    }

    private record Factory(WireRpcType type, Replica replica) implements ServerFactory {
        @Override
        public RpcType getRpcType() {
            return type;
        }

        @Override
        public RaftServerRpc newRaftServerRpc(RaftServer server) {
            return new WireRpc(type, replica, server);
        }

        @Override
        public LogAppender newLogAppender(RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
            return new WireAppender(replica, division, leader, follower);
        }
    }
}
