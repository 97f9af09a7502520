package io.holdfast.examples.kv;

import static org.awaitility.Awaitility.await;

import io.holdfast.core.env.Environment;
import io.holdfast.examples.kv.KvClient.Reply;
import io.holdfast.examples.kv.KvClient.Request;
import io.holdfast.testkit.cluster.ProcessNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Kills the leader under load and tells the longest time without a written key that clients of another node saw. It prints and judges nothing. */
final class FailOver {
    private static final int WRITERS = 8;
    private static final int BEFORE = 2_000;
    private static final int AFTER = 500;

    private final KvCluster cluster;
    private final KvClient client;
    private final Environment environment;

    FailOver(KvCluster cluster, Environment environment) {
        this.cluster = cluster;
        this.client = cluster.client();
        this.environment = environment;
    }

    void run(int kills) throws InterruptedException {
        List<Long> gaps = new ArrayList<>();
        List<Long> rates = new ArrayList<>();
        for (int i = 0; i < kills; i++) {
            await().atMost(KvCluster.LIMIT).until(() -> cluster.leader().isPresent());
            int leader = cluster.leader().orElse(0);
            Load load = new Load((leader + 1) % cluster.size());
            await().atMost(KvCluster.LIMIT).until(() -> load.written.get() >= BEFORE);
            rates.add(load.rate());
            load.longest.set(0);
            ProcessNode node = cluster.node(leader);
            node.kill();
            int before = load.written.get();
            await().atMost(KvCluster.LIMIT).until(() -> load.written.get() >= before + AFTER);
            gaps.add(load.longest.get() / 1_000_000);
            load.stop();
            node.restart().awaitReady(KvCluster.LIMIT);
        }
        Collections.sort(gaps);
        System.out.println("fail-over: " + kills + " leaders killed under " + rates
                + " writes a second; the longest gaps at another node in ms: p50 "
                + gaps.get(gaps.size() / 2) + ", max " + gaps.get(gaps.size() - 1) + ", all " + gaps + ", failures "
                + client.failures());
    }

    /** Writers at one node. */
    private final class Load {
        private final AtomicInteger written = new AtomicInteger();
        private final AtomicLong last = new AtomicLong(environment.clock().nanoTime());
        private final AtomicLong longest = new AtomicLong();
        private final CountDownLatch stop = new CountDownLatch(1);
        private final List<Thread> threads = new ArrayList<>();
        private final long began = environment.clock().nanoTime();

        Load(int node) {
            for (int i = 0; i < WRITERS; i++) {
                String prefix = "/kv/writer-" + i + "-";
                threads.add(environment.threads().start("writer-" + i, () -> run(node, prefix)));
            }
        }

        private void run(int node, String prefix) {
            for (int i = 0; stop.getCount() > 0; i++) {
                Reply reply = client.send(node, new Request("PUT", prefix + i % 100, "v" + i));
                if (reply instanceof Reply.Done) {
                    long now = environment.clock().nanoTime();
                    longest.accumulateAndGet(now - last.getAndSet(now), Math::max);
                    written.incrementAndGet();
                }
            }
        }

        long rate() {
            return written.get() * 1_000_000_000L / (environment.clock().nanoTime() - began);
        }

        void stop() throws InterruptedException {
            stop.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
