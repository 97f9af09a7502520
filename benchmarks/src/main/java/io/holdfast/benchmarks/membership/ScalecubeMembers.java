package io.holdfast.benchmarks.membership;

import io.scalecube.cluster.Cluster;
import io.scalecube.cluster.ClusterConfig;
import io.scalecube.cluster.ClusterImpl;
import io.scalecube.cluster.ClusterMessageHandler;
import io.scalecube.cluster.membership.MembershipEvent;
import io.scalecube.transport.netty.tcp.TcpTransportFactory;

/** ScaleCube Cluster with one of its own presets. */
final class ScalecubeMembers implements MemberFactory {
    private final ClusterConfig preset;

    private ScalecubeMembers(ClusterConfig preset) {
        this.preset = preset;
    }

    static MemberFactory defaults() {
        return new ScalecubeMembers(ClusterConfig.defaultLanConfig());
    }

    static MemberFactory local() {
        return new ScalecubeMembers(ClusterConfig.defaultLocalConfig());
    }

    @Override
    public ClusterMember start(String name, String seed, Runnable changed) {
        ClusterConfig config = preset.clone().memberAlias(name).externalHost("127.0.0.1");
        if (!seed.isEmpty()) {
            config = config.membership(membership -> membership.seedMembers(seed));
        }
        Cluster cluster = new ClusterImpl(config)
                .transportFactory(TcpTransportFactory::new)
                .handler(c -> new ClusterMessageHandler() {
                    @Override
                    public void onMembershipEvent(MembershipEvent event) {
                        changed.run();
                    }
                })
                .startAwait();
        return new Running(cluster);
    }

    private record Running(Cluster cluster) implements ClusterMember {
        @Override
        public String address() {
            return cluster.address();
        }

        @Override
        public int size() {
            return cluster.members().size();
        }
    }
}
