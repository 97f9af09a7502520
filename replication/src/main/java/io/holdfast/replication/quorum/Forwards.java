package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.quorum.QuorumResult.Failed;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes that this node handed to a replica, because it is none itself. */
final class Forwards {
    private static final class InFlight {
        final QuorumRequest.Change asked;
        final Set<NodeId> refused = new HashSet<>();
        NodeId at;

        InFlight(QuorumRequest.Change asked, NodeId at) {
            this.asked = asked;
            this.at = at;
        }
    }

    private final RingView ring;
    private final Neighbours neighbours;
    private final Ids ids;
    private final Map<Long, InFlight> open = new LinkedHashMap<>();

    Forwards(NodeParts parts) {
        this.ring = parts.ring();
        this.neighbours = parts.neighbours();
        this.ids = parts.ids();
    }

    void begin(QuorumRequest.Change asked, Turn turn) {
        send(new InFlight(asked, neighbours.self()), turn);
    }

    private void send(InFlight write, Turn turn) {
        Optional<NodeId> next = ring.of(write.asked.key()).readers().stream()
                .filter(node -> !node.equals(neighbours.self()) && neighbours.isAlive(node))
                .filter(node -> !write.refused.contains(node))
                .findFirst();
        if (next.isEmpty()) {
            turn.end(
                    write.asked.call(),
                    new Failed(
                            Failed.Kind.NOT_APPLIED,
                            "none of the replicas " + ring.of(write.asked.key()).readers() + " of partition "
                                    + write.asked.key().partition() + " is alive and took the write; wait, and retry"));
            return;
        }
        long id = ids.next();
        write.at = next.get();
        open.put(id, write);
        int budget = (int) Math.max(
                1,
                Duration.ofNanos(write.asked.deadlineNanos() - turn.nowNanos()).toMillis());
        neighbours.send(
                write.at,
                new QuorumMessage.Coordinate(
                        id, ring.epoch(), write.asked.key(), write.asked.change(), write.asked.spec(), budget),
                turn);
    }

    void onCoordinated(QuorumMessage.Coordinated answer, Turn turn) {
        InFlight write = open.remove(answer.id());
        if (write != null) {
            turn.end(write.asked.call(), answer.result());
        }
    }

    /** It surely did nothing: another may. */
    void onRefused(long id, Turn turn) {
        InFlight write = open.remove(id);
        if (write != null) {
            write.refused.add(write.at);
            send(write, turn);
        }
    }

    void onTick(Turn turn) {
        for (Map.Entry<Long, InFlight> entry : List.copyOf(open.entrySet())) {
            InFlight write = entry.getValue();
            boolean gone = !neighbours.isAlive(write.at);
            if (gone || turn.nowNanos() >= write.asked.deadlineNanos()) {
                open.remove(entry.getKey());
                turn.end(
                        write.asked.call(),
                        new Failed(
                                Failed.Kind.UNKNOWN,
                                "replica " + write.at + " was asked to write, and "
                                        + (gone ? "is gone" : "did not answer in time")
                                        + "; it may be written: read before writing again"));
            }
        }
    }

    int open() {
        return open.size();
    }
}
