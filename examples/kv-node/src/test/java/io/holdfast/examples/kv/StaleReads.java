package io.holdfast.examples.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.env.Environment;
import io.holdfast.examples.kv.KvClient.Reply;
import io.holdfast.examples.kv.KvClient.Request;
import io.holdfast.testkit.cluster.ProcessNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The scenarios in which Ratis' own linearizable reads return what was overwritten: the leader is cut off, of five nodes with a live follower, or stopped for a while, and clients write and read at all
 * nodes. Counters only grow, so a read is stale if it shows less than an addition brought whose answer had come before the read began.
 */
final class StaleReads {
    private static final int COUNTERS = 4;
    private static final int READERS_A_NODE = 4;
    private static final int ANSWERS = 1_000;
    private static final long REFUSED_PAUSE_MILLIS = 5;

    private final KvCluster cluster;
    private final Environment environment;
    private final AtomicLongArray acknowledged = new AtomicLongArray(COUNTERS);
    private final AtomicLongArray reads;
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong cutOffReads = new AtomicLong();
    private final AtomicLong stale = new AtomicLong();
    private final AtomicReference<@Nullable String> example = new AtomicReference<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile List<ProcessNode> cutOff = List.of();

    StaleReads(KvCluster cluster, Environment environment) {
        this.cluster = cluster;
        this.environment = environment;
        this.reads = new AtomicLongArray(cluster.size());
    }

    void run(int times) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        try (KvClient client = cluster.client()) {
            for (int counter = 0; counter < COUNTERS; counter++) {
                int at = counter;
                threads.add(environment.threads().start("adder-" + at, () -> add(client, at)));
            }
            for (int reader = 0; reader < READERS_A_NODE * cluster.size(); reader++) {
                int at = reader;
                threads.add(environment.threads().start("reader-" + at, () -> read(client, at % cluster.size(), at)));
            }
            for (int time = 0; time < times; time++) {
                disturb(time);
            }
            stop.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        System.out.println("stale reads of " + cluster.size() + " nodes: " + times + " leaders cut off or stopped, "
                + writes + " additions, reads by node " + reads + ", of them begun while the node was cut off "
                + cutOffReads + ", stale " + stale);
        assertThat(stale).as(String.valueOf(example.get())).hasValue(0);
    }

    private void add(KvClient client, int counter) {
        int node = counter;
        while (stop.getCount() > 0) {
            Reply reply = client.send(node % cluster.size(), Request.post("/counter/stale-" + counter + "?add=1"));
            if (reply instanceof Reply.Done done) {
                acknowledged.accumulateAndGet(counter, done.number(), Math::max);
                writes.incrementAndGet();
            } else {
                node++; // the majority must be written to
                pause();
            }
        }
    }

    private void read(KvClient client, int node, int turn) {
        for (int i = turn; stop.getCount() > 0; i++) {
            int counter = i % COUNTERS;
            boolean isCutOff = cutOff.contains(cluster.node(node));
            long least = acknowledged.get(counter);
            if (client.send(node, Request.get("/counter/stale-" + counter)) instanceof Reply.Done done) {
                reads.incrementAndGet(node);
                if (isCutOff) {
                    cutOffReads.incrementAndGet();
                }
                if (done.number() < least) {
                    stale.incrementAndGet();
                    example.compareAndSet(
                            null, "n" + node + " read " + done.number() + " after " + least + " was acknowledged");
                }
            } else {
                pause();
            }
        }
    }

    private void pause() {
        try {
            stop.await(REFUSED_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void disturb(int time) {
        await().atMost(KvCluster.LIMIT).until(() -> cluster.leader().isPresent());
        ProcessNode leader = cluster.node(cluster.leader().orElse(0));
        List<ProcessNode> few = cluster.size() > 3
                ? List.of(leader, cluster.node((cluster.index(leader) + 1) % cluster.size()))
                : List.of(leader);
        if (time % 3 == 2) {
            leader.pause();
            awaitOthers(few);
            leader.resume();
        } else {
            List<ProcessNode> many =
                    cluster.nodes().stream().filter(node -> !few.contains(node)).toList();
            few.forEach(one -> many.forEach(other -> cluster.cutBoth(one, other)));
            cutOff = few;
            awaitOthers(few);
            cutOff = List.of();
            cluster.healLinks();
        }
        awaitReads(few);
    }

    /** Writes and reads at the others, so that what the few know is old. */
    private void awaitOthers(List<ProcessNode> few) {
        long before = writes.get();
        await().atMost(KvCluster.LIMIT).until(() -> writes.get() >= before + ANSWERS);
        awaitReads(cluster.nodes().stream().filter(node -> !few.contains(node)).toList());
    }

    private void awaitReads(List<ProcessNode> nodes) {
        for (ProcessNode node : nodes) {
            int at = cluster.index(node);
            long before = reads.get(at);
            await("reads at " + node.name())
                    .atMost(KvCluster.LIMIT)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> reads.get(at) >= before + 50);
        }
    }
}
