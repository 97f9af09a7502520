package io.holdfast.examples.kv;

import static org.awaitility.Awaitility.await;

import io.holdfast.core.env.Environment;
import io.holdfast.testkit.cluster.ProcessNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/** Does harm to the nodes while clients use them, one fault after the other, each healed before the next. For use by one thread. */
final class Nemesis {
    private static final int PROGRESS = 200;
    private static final int STORM = 3;

    private final KvCluster cluster;
    private final Workload workload;
    private final Environment environment;
    private final SplittableRandom random;
    private final Duration longestPause;
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
    private final Map<Fault, Long> gaps = new EnumMap<>(Fault.class);

    Nemesis(
            KvCluster cluster,
            Workload workload,
            Environment environment,
            SplittableRandom random,
            Duration longestPause) {
        this.cluster = cluster;
        this.workload = workload;
        this.environment = environment;
        this.random = random;
        this.longestPause = longestPause;
    }

    /** How often each fault was done. */
    Map<Fault, Integer> done() {
        return done;
    }

    /** The longest time in milliseconds in which no client had an answer, by the fault that was on. */
    Map<Fault, Long> gaps() {
        return gaps;
    }

    /** Does a fault, heals it, and waits until clients have their answers again. */
    void inflict(Fault fault) throws InterruptedException {
        workload.takeLongestGapMillis();
        switch (fault) {
            case KILL_LEADER -> kill(leader());
            case KILL_ANY -> kill(any());
            case KILL_MINORITY -> killAtOnce(some((cluster.size() - 1) / 2));
            case KILL_ALL -> killAtOnce(some(cluster.size()));
            case LOSE_DISK -> loseDisk(any());
            case PAUSE_LEADER -> pause(leader());
            case PAUSE_ANY -> pause(any());
            case RESTART_STORM -> storm(any());
            case PAUSE_THEN_KILL -> pauseThenKill();
        }
        done.merge(fault, 1, Integer::sum);
        awaitProgress();
        gaps.merge(fault, workload.takeLongestGapMillis(), Math::max);
    }

    private ProcessNode any() {
        return cluster.node(random.nextInt(cluster.size()));
    }

    private ProcessNode leader() {
        await().atMost(KvCluster.LIMIT).until(() -> cluster.leader().isPresent());
        OptionalInt leader = cluster.leader();
        return leader.isPresent() ? cluster.node(leader.getAsInt()) : any();
    }

    private void kill(ProcessNode node) {
        node.kill();
        awaitProgress();
        node.restart().awaitReady(KvCluster.LIMIT);
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

    private void killAtOnce(List<ProcessNode> nodes) {
        nodes.forEach(ProcessNode::kill);
        if (nodes.size() <= (cluster.size() - 1) / 2) {
            awaitProgress();
        }
        nodes.forEach(ProcessNode::restart);
        nodes.forEach(node -> node.awaitReady(KvCluster.LIMIT));
    }

    /** Ends when the node votes again: another disk that is lost before would take acknowledged writes along, as it must. */
    private void loseDisk(ProcessNode node) {
        node.kill();
        cluster.loseDisk(node);
        awaitProgress();
        node.restart().awaitReady(KvCluster.LIMIT);
        await("the vote of " + node.name()).atMost(KvCluster.LIMIT).until(() -> cluster.votes(node));
    }

    private void pause(ProcessNode node) throws InterruptedException {
        node.pause();
        try {
            lapse();
        } finally {
            node.resume();
        }
        node.awaitReady(KvCluster.LIMIT);
    }

    /** The fault is the time itself, in which a stopped node learns nothing: 1 s up to the longest pause. */
    private void lapse() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        Duration time = Duration.ofMillis(random.nextLong(1000, longestPause.toMillis() + 1));
        environment.scheduler().schedule(time, over::countDown);
        over.await();
    }

    private void storm(ProcessNode node) {
        for (int i = 0; i < STORM; i++) {
            node.kill();
            node.restart();
            if (random.nextBoolean()) {
                node.awaitReady(KvCluster.LIMIT);
            }
        }
        node.awaitReady(KvCluster.LIMIT);
    }

    private void pauseThenKill() throws InterruptedException {
        ProcessNode first = leader();
        ProcessNode second;
        first.pause();
        try {
            lapse();
            awaitProgress();
            second = another(first);
            second.kill();
        } finally {
            first.resume();
        }
        awaitProgress();
        second.restart().awaitReady(KvCluster.LIMIT);
        first.awaitReady(KvCluster.LIMIT);
    }

    private ProcessNode another(ProcessNode than) {
        ProcessNode found = any();
        while (found == than) {
            found = any();
        }
        return found;
    }

    /** Until clients have had further answers. */
    void awaitProgress() {
        int before = workload.answers();
        await("answers after " + done).atMost(KvCluster.LIMIT).until(() -> workload.answers() >= before + PROGRESS);
    }
}
