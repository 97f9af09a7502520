package io.holdfast.examples.kv;

import io.holdfast.testkit.cluster.ProcessNode;
import java.time.Duration;
import java.util.List;

/** Faults of the links between nodes; clients reach all nodes all the time. For use by one thread. */
final class NetworkFaults {
    private final Victims victims;

    NetworkFaults(Victims victims) {
        this.victims = victims;
    }

    void isolate(ProcessNode node) throws InterruptedException {
        separate(List.of(node), victims.othersThan(node));
    }

    /** The majority has to be served meanwhile. */
    private void separate(List<ProcessNode> few, List<ProcessNode> many) throws InterruptedException {
        few.forEach(one -> many.forEach(other -> victims.cluster().cutBoth(one, other)));
        endure();
    }

    private void endure() throws InterruptedException {
        try {
            victims.lapse();
            victims.awaitProgress("in spite of the cut links");
        } finally {
            victims.cluster().healLinks();
        }
    }

    void deafen(ProcessNode node) throws InterruptedException {
        victims.othersThan(node).forEach(other -> victims.cluster().cut(other, node));
        endure();
    }

    void mute(ProcessNode node) throws InterruptedException {
        victims.othersThan(node).forEach(other -> victims.cluster().cut(node, other));
        endure();
    }

    void isolateWithFollower(ProcessNode leader) throws InterruptedException {
        ProcessNode follower = victims.anotherThan(leader);
        List<ProcessNode> others = victims.othersThan(leader).stream()
                .filter(other -> other != follower)
                .toList();
        if (others.size() > 1) {
            separate(List.of(leader, follower), others);
        } else {
            separate(List.of(leader), others);
        }
    }

    void bridge(ProcessNode bridge) throws InterruptedException {
        List<ProcessNode> others = victims.othersThan(bridge);
        for (ProcessNode one : others) {
            for (ProcessNode other : others) {
                if (one != other) {
                    victims.cluster().cut(one, other);
                }
            }
        }
        endure();
    }

    void slowDown() throws InterruptedException {
        for (ProcessNode one : victims.all()) {
            for (ProcessNode other : victims.othersThan(one)) {
                Duration delay = Duration.ofMillis(victims.random().nextInt(20, 150));
                victims.cluster().delay(one, other, delay);
            }
        }
        endure();
    }
}
