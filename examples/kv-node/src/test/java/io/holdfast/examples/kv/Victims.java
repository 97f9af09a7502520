package io.holdfast.examples.kv;

import static org.awaitility.Awaitility.await;

import io.holdfast.core.env.Environment;
import io.holdfast.testkit.cluster.ProcessNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/** Whom a fault meets, how long, and whether the clients had answers meanwhile. For use by one thread. */
final class Victims {
    private static final int PROGRESS = 200;

    private final KvCluster cluster;
    private final Workload workload;
    private final Environment environment;
    private final SplittableRandom random;
    private final Duration longest;

    Victims(KvCluster cluster, Workload workload, Environment environment, SplittableRandom random, Duration longest) {
        this.cluster = cluster;
        this.workload = workload;
        this.environment = environment;
        this.random = random;
        this.longest = longest;
    }

    KvCluster cluster() {
        return cluster;
    }

    SplittableRandom random() {
        return random;
    }

    ProcessNode any() {
        return cluster.node(random.nextInt(cluster.size()));
    }

    ProcessNode leader() {
        await().atMost(KvCluster.LIMIT).until(() -> cluster.leader().isPresent());
        OptionalInt leader = cluster.leader();
        return leader.isPresent() ? cluster.node(leader.getAsInt()) : any();
    }

    ProcessNode anotherThan(ProcessNode node) {
        ProcessNode found = any();
        while (found == node) {
            found = any();
        }
        return found;
    }

    List<ProcessNode> all() {
        return some(cluster.size());
    }

    /** As many as may be missing. */
    List<ProcessNode> minority() {
        return some((cluster.size() - 1) / 2);
    }

    private List<ProcessNode> some(int count) {
        List<ProcessNode> nodes = new ArrayList<>();
        while (nodes.size() < count) {
            ProcessNode node = any();
            if (!nodes.contains(node)) {
                nodes.add(node);
            }
        }
        return nodes;
    }

    List<ProcessNode> othersThan(ProcessNode node) {
        return all().stream().filter(other -> other != node).toList();
    }

    /** The fault is the time itself, in which a node learns nothing: 1 s up to the longest. */
    void lapse() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        Duration time = Duration.ofMillis(random.nextLong(1000, longest.toMillis() + 1));
        environment.scheduler().schedule(time, over::countDown);
        over.await();
    }

    /** Until clients have had further answers. */
    void awaitProgress(String when) {
        int before = workload.answers();
        await("answers " + when).atMost(KvCluster.LIMIT).until(() -> workload.answers() >= before + PROGRESS);
    }

    void awaitReady(ProcessNode node) {
        node.awaitReady(KvCluster.LIMIT);
    }

    /** Before that another disk must not be lost: it would take acknowledged writes along. */
    void awaitVote(ProcessNode node) {
        await("the vote of " + node.name()).atMost(KvCluster.LIMIT).until(() -> cluster.votes(node));
    }
}
