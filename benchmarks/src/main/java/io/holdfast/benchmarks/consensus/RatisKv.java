package io.holdfast.benchmarks.consensus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.TimeDuration;

/** Apache Ratis as its documentation uses it: its gRPC type, its ordered asynchronous client, one command an entry. */
final class RatisKv implements KvPeer {
    private static final int OUTSTANDING = 4_096;
    private static final RaftGroupId GROUP = RaftGroupId.valueOf(new UUID(7, 7));

    @Override
    public String settings() {
        return "write: fsync on a majority (unsafe-flush off); read: LINEARIZABLE, lease off; gRPC, ordered async client, "
                + OUTSTANDING + " outstanding; client retry every 20 ms; no snapshots; otherwise defaults";
    }

    @Override
    public KvNode serve(NodePlan plan) throws Exception {
        boolean returning = Files.isDirectory(plan.directory());
        Files.createDirectories(plan.directory());
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
        GrpcConfigKeys.Server.setPort(properties, plan.own().peers());
        RaftServerConfigKeys.setStorageDir(properties, List.of(plan.directory().toFile()));
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServer server = RaftServer.newBuilder()
                .setServerId(id(plan.index()))
                .setGroup(group(plan.nodes()))
                .setProperties(properties)
                .setStateMachine(new Store())
                .setOption(returning ? StartupOption.RECOVER : StartupOption.FORMAT)
                .build();
        server.start();
        return new Node(server);
    }

    private static RaftPeerId id(int index) {
        return RaftPeerId.valueOf("n" + index);
    }

    private static RaftGroup group(List<NodePorts> nodes) {
        List<RaftPeer> peers = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            peers.add(RaftPeer.newBuilder()
                    .setId(id(i))
                    .setAddress(NodePorts.HOST + ":" + nodes.get(i).peers())
                    .build());
        }
        return RaftGroup.valueOf(GROUP, peers);
    }

    private record Node(RaftServer server) implements KvNode {
        @Override
        public Role role() throws IOException {
            DivisionInfo info = server.getDivision(GROUP).getInfo();
            if (info.isLeader()) {
                return info.isLeaderReady() ? Role.LEADER : Role.ALONE;
            }
            return info.getLeaderId() == null ? Role.ALONE : Role.FOLLOWER;
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static final class Store extends BaseStateMachine {
        private final Map<ByteBuffer, byte[]> values = new ConcurrentHashMap<>();

        @Override
        public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
            byte[] command = transaction
                    .getLogEntry()
                    .getStateMachineLogEntry()
                    .getLogData()
                    .toByteArray();
            values.put(Command.key(command), Command.value(command));
            updateLastAppliedTermIndex(
                    transaction.getLogEntry().getTerm(),
                    transaction.getLogEntry().getIndex());
            return CompletableFuture.completedFuture(Message.EMPTY);
        }

        @Override
        public CompletableFuture<Message> query(Message request) {
            byte[] found =
                    values.getOrDefault(ByteBuffer.wrap(request.getContent().toByteArray()), KvStore.NOTHING);
            return CompletableFuture.completedFuture(Message.valueOf(ByteString.copyFrom(found)));
        }
    }

    @Override
    public KvClient connect(ClientPlan plan) {
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
        RaftClientConfigKeys.Async.setOutstandingRequestsMax(properties, OUTSTANDING);
        RaftClient client = RaftClient.newBuilder()
                .setProperties(properties)
                .setRaftGroup(group(plan.nodes()))
                .setLeaderId(id(plan.leader()))
                .setRetryPolicy(RetryPolicies.retryForeverWithSleep(TimeDuration.valueOf(20, TimeUnit.MILLISECONDS)))
                .build();
        return new Client(client);
    }

    private record Client(RaftClient client) implements KvClient {
        @Override
        public void put(byte[] key, byte[] value, KvAnswer answer) {
            tell(client.async().send(message(Command.of(key, value))), answer);
        }

        @Override
        public void get(byte[] key, KvAnswer answer) {
            tell(client.async().sendReadOnly(message(key)), answer);
        }

        private static Message message(byte[] bytes) {
            return Message.valueOf(ByteString.copyFrom(bytes));
        }

        private static void tell(CompletableFuture<RaftClientReply> reply, KvAnswer answer) {
            reply.whenComplete((result, failure) -> {
                if (failure != null) {
                    answer.failed(failure);
                } else if (result.isSuccess()) {
                    answer.done(result.getMessage().getContent().toByteArray());
                } else {
                    answer.failed(new IOException("refused", result.getException()));
                }
            });
        }

        @Override
        public void close() {
            try {
                client.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
