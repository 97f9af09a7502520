package io.holdfast.benchmarks.consensus;

import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.server.quorum.QuorumPeer;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** ZooKeeper's own server, embedded, with its defaults; sessions enough that the order within a session is not what bounds it. */
final class ZooKeeperKv implements KvPeer {
    private static final int SESSIONS = 32;
    private static final int SESSION_TIMEOUT_MILLIS = 10_000;
    private static final int CONNECT_LIMIT_SECONDS = 30;

    @Override
    public String settings() {
        return "write: forceSync=yes on a majority (log preallocated); read: sync() + getData(); " + SESSIONS
                + " sessions over all servers (over those that do not lead, in run-failover); server and client defaults, tickTime 2 s";
    }

    @Override
    public KvNode serve(NodePlan plan) throws Exception {
        Files.createDirectories(plan.directory());
        Files.writeString(plan.directory().resolve("myid"), Integer.toString(plan.index() + 1));
        System.setProperty("zookeeper.admin.enableServer", "false");
        QuorumPeerConfig config = new QuorumPeerConfig();
        config.parseProperties(properties(plan));
        Server server = new Server();
        Environment.system().threads().start("zookeeper", () -> server.run(config));
        return server;
    }

    private static Properties properties(NodePlan plan) {
        Properties properties = new Properties();
        properties.setProperty("tickTime", "2000");
        properties.setProperty("initLimit", "10");
        properties.setProperty("syncLimit", "5");
        properties.setProperty("dataDir", plan.directory().toString());
        properties.setProperty("clientPort", Integer.toString(plan.own().clients()));
        properties.setProperty("clientPortAddress", NodePorts.HOST);
        for (int i = 0; i < plan.nodes().size(); i++) {
            NodePorts node = plan.nodes().get(i);
            properties.setProperty("server." + (i + 1), NodePorts.HOST + ":" + node.peers() + ":" + node.election());
        }
        return properties;
    }

    private static final class Server extends QuorumPeerMain implements KvNode {
        void run(QuorumPeerConfig config) {
            try {
                runFromConfig(config);
            } catch (Exception e) {
                LoggerFactory.getLogger(ZooKeeperKv.class).error("the server ends", e);
            }
        }

        @Override
        public Role role() {
            QuorumPeer peer = quorumPeer;
            if (peer == null) {
                return Role.ALONE;
            }
            return switch (peer.getPeerState()) {
                case LEADING -> Role.LEADER;
                case FOLLOWING -> Role.FOLLOWER;
                default -> Role.ALONE;
            };
        }
    }

    @Override
    public KvClient connect(ClientPlan plan) throws Exception {
        List<ZooKeeper> sessions = new ArrayList<>();
        CountDownLatch connected = new CountDownLatch(SESSIONS);
        for (int i = 0; i < SESSIONS; i++) {
            sessions.add(new ZooKeeper(servers(plan, i), SESSION_TIMEOUT_MILLIS, event -> {
                if (event.getState() == KeeperState.SyncConnected) {
                    connected.countDown();
                }
            }));
        }
        if (!connected.await(CONNECT_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException(
                    connected.getCount() + " sessions did not connect in " + CONNECT_LIMIT_SECONDS + " s");
        }
        return new Client(sessions);
    }

    /** One server for each session, in turn; two, of which either will do, when the leader is going to end. */
    private static String servers(ClientPlan plan, int session) {
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < plan.nodes().size(); i++) {
            boolean wanted = plan.awayFromLeader()
                    ? i != plan.leader()
                    : i == session % plan.nodes().size();
            if (wanted) {
                addresses.add(NodePorts.HOST + ":" + plan.nodes().get(i).clients());
            }
        }
        return addresses.stream().collect(Collectors.joining(","));
    }

    private static final class Client implements KvClient {
        private final List<ZooKeeper> sessions;
        private final AtomicInteger turn = new AtomicInteger();

        Client(List<ZooKeeper> sessions) {
            this.sessions = sessions;
        }

        private ZooKeeper session() {
            return sessions.get(Math.floorMod(turn.getAndIncrement(), sessions.size()));
        }

        @Override
        public void put(byte[] key, byte[] value, KvAnswer answer) {
            ZooKeeper session = session();
            String path = path(key);
            session.setData(
                    path,
                    value,
                    -1,
                    (code, where, context, stat) -> {
                        if (code == Code.NONODE.intValue()) {
                            create(session, path, value, answer);
                        } else {
                            tell(answer, code, path, KvStore.NOTHING);
                        }
                    },
                    null);
        }

        private static void create(ZooKeeper session, String path, byte[] value, KvAnswer answer) {
            session.create(
                    path,
                    value,
                    Ids.OPEN_ACL_UNSAFE,
                    CreateMode.PERSISTENT,
                    (code, where, context, name) -> tell(answer, code, path, KvStore.NOTHING),
                    null);
        }

        @Override
        public void get(byte[] key, KvAnswer answer) {
            ZooKeeper session = session();
            String path = path(key);
            session.sync(path, (code, where, context) -> {}, null); // answered before the read on the same session
            session.getData(path, false, (code, where, context, value, stat) -> tell(answer, code, path, value), null);
        }

        private static void tell(KvAnswer answer, int code, String path, byte @Nullable [] value) {
            if (code == Code.OK.intValue()) {
                answer.done(value == null ? KvStore.NOTHING : value);
            } else {
                answer.failed(KeeperException.create(Code.get(code), path));
            }
        }

        private static String path(byte[] key) {
            return "/" + new String(key, StandardCharsets.US_ASCII);
        }

        @Override
        public void close() {
            for (ZooKeeper session : sessions) {
                try {
                    session.close(100);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
