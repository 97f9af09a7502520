package io.holdfast.examples.kv;

import io.holdfast.testkit.cluster.ProcessNode;
import java.util.List;

/** Faults of whole processes. For use by one thread. */
final class ProcessFaults {
    private static final int STORM = 3;

    private final Victims victims;

    ProcessFaults(Victims victims) {
        this.victims = victims;
    }

    void kill(ProcessNode node) {
        node.kill();
        victims.awaitProgress("without " + node.name());
        victims.awaitReady(node.restart());
    }

    void killAtOnce(List<ProcessNode> nodes) {
        nodes.forEach(ProcessNode::kill);
        if (nodes.size() <= (victims.cluster().size() - 1) / 2) {
            victims.awaitProgress("of a majority");
        }
        nodes.forEach(ProcessNode::restart);
        nodes.forEach(victims::awaitReady);
    }

    void pause(ProcessNode node) throws InterruptedException {
        node.pause();
        try {
            victims.lapse();
        } finally {
            node.resume();
        }
        victims.awaitReady(node);
    }

    /** The paused leader comes back to a cluster in which the one that had followed it is dead. */
    void pauseThenKill() throws InterruptedException {
        ProcessNode first = victims.leader();
        ProcessNode second;
        first.pause();
        try {
            victims.lapse();
            victims.awaitProgress("without the paused " + first.name());
            ProcessNode next = victims.leader();
            second = next == first ? victims.anotherThan(first) : next;
            second.kill();
        } finally {
            first.resume();
        }
        victims.awaitProgress("without " + second.name());
        victims.awaitReady(second.restart());
        victims.awaitReady(first);
    }

    void storm(ProcessNode node) {
        for (int i = 0; i < STORM; i++) {
            node.kill();
            node.restart();
            if (victims.random().nextBoolean()) {
                victims.awaitReady(node);
            }
        }
        victims.awaitReady(node);
    }

    /** An hour back, an hour ahead, or right again. */
    void jumpClock(ProcessNode node) {
        victims.cluster().clocks().jump(node.name(), victims.random().nextInt(-1, 2) * 3600L);
        victims.awaitProgress("after the clock of " + node.name() + " has jumped");
    }
}
