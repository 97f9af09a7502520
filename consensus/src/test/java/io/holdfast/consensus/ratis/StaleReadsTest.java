package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.log.GroupLogConfig;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The two scenes in which Ratis' own linearizable reads are stale. */
@Timeout(300)
class StaleReadsTest {
    private static final int READS = 300;

    @TempDir
    Path directory;

    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();

    /** How many commands were applied. */
    private static final class Counter implements ReplicatedLog.Applier {
        private long count;

        @Override
        public byte[] apply(long index, long logNanos, byte[] command) {
            return ByteBuffer.allocate(8).putLong(++count).array();
        }

        @Override
        public byte[] query(long index, byte[] query) {
            return ByteBuffer.allocate(8).putLong(count).array();
        }

        @Override
        public ReplicatedLog.Capture capture() {
            long held = count;
            return new ReplicatedLog.Capture() {
                @Override
                public void writeTo(OutputStream out) throws IOException {
                    new DataOutputStream(out).writeLong(held);
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void restore(long index, InputStream snapshot) throws IOException {
            count = new DataInputStream(snapshot).readLong();
        }
    }

    private RatisLogCluster cluster(int nodes) {
        return new RatisLogCluster(directory, nodes, GroupLogConfig.lan(), node -> new Counter());
    }

    private static Deadline in(RatisLogCluster cluster, Duration limit) {
        return Deadline.after(cluster.clock().nanoTime(), limit);
    }

    /** Writes through a node, one after the other. */
    private void write(RatisLogCluster cluster, int node) {
        if (over.get()) {
            return;
        }
        cluster.log(node)
                .propose(new byte[1], in(cluster, Duration.ofSeconds(30)))
                .whenComplete((result, failure) -> {
                    if (failure == null) {
                        acknowledged.accumulateAndGet(ByteBuffer.wrap(result).getLong(), Math::max);
                    }
                    cluster.later(() -> write(cluster, node));
                });
    }

    /** Reads at a node that may think that it leads: whatever it answers holds all that was acknowledged before the question. */
    private int read(RatisLogCluster cluster, int node) {
        List<CompletableFuture<byte[]>> reads = new java.util.ArrayList<>();
        List<Long> floors = new java.util.ArrayList<>();
        for (int i = 0; i < 10; i++) {
            floors.add(acknowledged.get());
            reads.add(cluster.log(node)
                    .query(new byte[1], ReadConsistency.LINEARIZABLE, in(cluster, Duration.ofMillis(200)))
                    .toCompletableFuture());
        }
        int answered = 0;
        for (int i = 0; i < reads.size(); i++) {
            CompletableFuture<byte[]> read = reads.get(i);
            Group.until("a read ends", read::isDone);
            if (!read.isCompletedExceptionally()) {
                answered++;
                assertThat(ByteBuffer.wrap(read.join()).getLong()).isGreaterThanOrEqualTo(floors.get(i));
            }
        }
        return answered;
    }

    private void readWhileItLeads(RatisLogCluster cluster, int old, List<Integer> near, String scene) {
        long before = acknowledged.get();
        int asked = 0;
        int answered = 0;
        int whileItLed = 0;
        while (asked < READS || acknowledged.get() <= before + 20) {
            for (int node : near) {
                whileItLed += cluster.role(old) == RaftRole.LEADER ? 10 : 0;
                answered += read(cluster, node);
                asked += 10;
            }
        }
        over.set(true);
        System.out.printf(
                "%s: 0 stale of %d linearizable reads (%d answered), %d of them while the old leader led, while %d writes went on elsewhere%n",
                scene, asked, answered, whileItLed, acknowledged.get() - before);
        assertThat(whileItLed).isPositive();
    }

    /** F1, and F3: the old leader has one live follower and cannot know. */
    @Test
    void aLeaderCutOffWithOneFollowerAnswersNothingStaleAndStepsDown() {
        try (RatisLogCluster cluster = cluster(5)) {
            int old = cluster.leader();
            int near = (old + 1) % 5;
            write(cluster, (old + 2) % 5);
            Group.until("writes go on", () -> acknowledged.get() > 20);
            cluster.separate(List.of(old, near));
            readWhileItLeads(cluster, old, List.of(old, near), "F1");
            Group.until("the old leader steps down", () -> cluster.role(old) != RaftRole.LEADER);
        }
    }

    /** F2: what renews Ratis' lease, a heartbeat answered just before the vote for another, proves nothing. */
    @Test
    void aHeartbeatJustBeforeTheVoteForAnotherProvesNothing() {
        try (RatisLogCluster cluster = cluster(3)) {
            int old = cluster.leader();
            int next = (old + 1) % 3;
            int voter = (old + 2) % 3;
            cluster.log(old)
                    .propose(new byte[1], in(cluster, Group.LIMIT))
                    .toCompletableFuture()
                    .join();
            Group.until("the next leader has it", () -> cluster.log(next).applied() == 1);
            cluster.links().cutBoth(RatisLogCluster.id(old), RatisLogCluster.id(next));
            cluster.links().watch((from, to, message) -> {
                if (from.equals(RatisLogCluster.id(next)) && isVote(message.route(), message.payload())) {
                    // heartbeats still reach the voter; that it has voted does not reach the old leader
                    cluster.links().cut(RatisLogCluster.id(voter), RatisLogCluster.id(old));
                }
                return false;
            });
            Group.until("another leads", () -> {
                cluster.campaign(next);
                return cluster.role(next) == RaftRole.LEADER;
            });
            write(cluster, next);
            readWhileItLeads(cluster, old, List.of(old), "F2");
        }
    }

    private static boolean isVote(String route, byte[] payload) {
        try {
            return route.endsWith("/vote")
                    && !RequestVoteRequestProto.parseFrom(payload).getPreVote();
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }
}
