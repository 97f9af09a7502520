package io.holdfast.benchmarks.consensus;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.RaftGroupService;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.ReadOnlyOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** SOFAJRaft with its RocksDB log, behind the thin gateway. */
final class JraftKv implements KvPeer {
    private static final String GROUP = "benchmark";

    @Override
    public String settings() {
        return "write: RocksDB log with sync on a majority; read: leader lease (weaker than a majority's word); thin Netty gateway in the leader's JVM; no snapshots; otherwise defaults";
    }

    @Override
    public KvNode serve(NodePlan plan) throws Exception {
        Files.createDirectories(plan.directory());
        Store machine = new Store();
        RaftOptions raft = new RaftOptions();
        raft.setSync(true);
        raft.setReadOnlyOptions(ReadOnlyOption.ReadOnlyLeaseBased);
        NodeOptions options = new NodeOptions();
        options.setRaftOptions(raft);
        options.setFsm(machine);
        options.setInitialConf(configuration(plan.nodes()));
        options.setLogUri(plan.directory().resolve("log").toString());
        options.setRaftMetaUri(plan.directory().resolve("meta").toString());
        RaftGroupService service = new RaftGroupService(GROUP, peer(plan.own()), options);
        Node node = service.start();
        GatewayServer gateway =
                GatewayServer.start(plan.own().clients(), new NodeStore(node, machine.values, plan.nodes()));
        return new Running(service, node, gateway);
    }

    private static PeerId peer(NodePorts ports) {
        return new PeerId(NodePorts.HOST, ports.peers());
    }

    private static Configuration configuration(List<NodePorts> nodes) {
        return new Configuration(nodes.stream().map(JraftKv::peer).toList());
    }

    @Override
    public KvClient connect(ClientPlan plan) {
        return GatewayClient.connect(plan);
    }

    private record Running(RaftGroupService service, Node node, GatewayServer gateway) implements KvNode {
        @Override
        public Role role() {
            if (node.isLeader()) {
                return Role.LEADER;
            }
            PeerId leader = node.getLeaderId();
            return leader == null || leader.isEmpty() ? Role.ALONE : Role.FOLLOWER;
        }

        @Override
        public void close() {
            gateway.close();
            service.shutdown();
        }
    }

    private static final class Store extends StateMachineAdapter {
        final Map<ByteBuffer, byte[]> values = new ConcurrentHashMap<>();

        @Override
        public void onApply(Iterator entries) {
            for (; entries.hasNext(); entries.next()) {
                byte[] command = new byte[entries.getData().remaining()];
                entries.getData().duplicate().get(command);
                values.put(Command.key(command), Command.value(command));
                Closure done = entries.done();
                if (done != null) {
                    done.run(Status.OK());
                }
            }
        }
    }

    private record NodeStore(Node node, Map<ByteBuffer, byte[]> values, List<NodePorts> nodes) implements KvStore {
        @Override
        public void put(byte[] key, byte[] value, KvAnswer answer) {
            if (!node.isLeader(false)) {
                answer.failed(new NotLeaderException(leader()));
                return;
            }
            node.apply(
                    new Task(ByteBuffer.wrap(Command.of(key, value)), status -> tell(answer, status, KvStore.NOTHING)));
        }

        @Override
        public void get(byte[] key, KvAnswer answer) {
            if (!node.isLeader(false)) {
                answer.failed(new NotLeaderException(leader()));
                return;
            }
            node.readIndex(KvStore.NOTHING, new ReadIndexClosure() {
                @Override
                public void run(Status status, long index, byte[] context) {
                    tell(answer, status, values.getOrDefault(ByteBuffer.wrap(key), KvStore.NOTHING));
                }
            });
        }

        private void tell(KvAnswer answer, Status status, byte[] value) {
            if (status.isOk()) {
                answer.done(value);
            } else if (status.getRaftError() == RaftError.EPERM && !node.isLeader(false)) {
                answer.failed(new NotLeaderException(leader()));
            } else {
                answer.failed(new IOException(status.toString()));
            }
        }

        private int leader() {
            PeerId leader = node.getLeaderId();
            for (int i = 0; leader != null && i < nodes.size(); i++) {
                if (nodes.get(i).peers() == leader.getPort()) {
                    return i;
                }
            }
            return -1;
        }
    }
}
