package io.holdfast.examples.kv;

import io.holdfast.testkit.cluster.ProcessNode;
import java.nio.file.Path;
import java.util.List;

/** Faults of what nodes have written. For use by one thread. */
final class DiskFaults {
    private final Victims victims;

    DiskFaults(Victims victims) {
        this.victims = victims;
    }

    void lose(ProcessNode node) {
        node.kill();
        victims.cluster().loseDisk(node);
        comeBack(node);
    }

    private void comeBack(ProcessNode node) {
        victims.awaitProgress("without " + node.name());
        victims.awaitReady(node.restart());
        victims.awaitVote(node);
    }

    void tear(ProcessNode node) {
        node.kill();
        Segments.tear(data(node), victims.random());
        comeBack(node);
    }

    /** It must find the damage and come back as a new member, with what the others have. */
    void rot(ProcessNode node) {
        node.kill();
        Segments.rot(data(node), victims.random());
        comeBack(node);
    }

    private Path data(ProcessNode node) {
        return victims.cluster().data(victims.cluster().index(node));
    }

    /** The node goes on by itself when there is space again. */
    void fill(ProcessNode node) throws InterruptedException {
        LoopDisk disk = victims.cluster().disk(node);
        disk.fill();
        try {
            victims.lapse();
            victims.awaitProgress("while the disk of " + node.name() + " is full");
        } finally {
            disk.free();
        }
        victims.awaitReady(node);
        victims.awaitVote(node);
    }

    void losePower(List<ProcessNode> nodes) {
        nodes.forEach(ProcessNode::kill);
        nodes.forEach(node -> victims.cluster().disk(node).losePower());
        if (nodes.size() <= (victims.cluster().size() - 1) / 2) {
            victims.awaitProgress("of a majority");
        }
        nodes.forEach(ProcessNode::restart);
        nodes.forEach(victims::awaitReady);
        nodes.forEach(victims::awaitVote);
    }
}
