package io.holdfast.replication.quorum;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.replication.quorum.QuorumResult.Failed;
import io.holdfast.replication.version.RowKey;
import io.holdfast.replication.version.Versions;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reads that this node coordinates: R replicas are asked, then the rest; what they say is merged, and who was behind is told. */
final class Reads {
    private static final byte[] NOT_HERE = {};

    private static final class InFlight {
        final long call;
        final RowKey key;
        final CallSpec spec;
        final long deadlineNanos;
        long patienceNanos;
        final Map<NodeId, Long> hashes = new HashMap<>(); // of what each replica said
        final Set<NodeId> asked = new HashSet<>();
        final Set<NodeId> agreed = new HashSet<>(); // store what is answered
        final Map<NodeId, Versions> said = new HashMap<>();
        byte @Nullable [] known; // this node's row when it asked first: what "the same" means
        boolean began;
        Versions merged = Versions.NONE;
        boolean repairing;
        boolean answered;

        InFlight(QuorumRequest.Get get, long patienceNanos) {
            this.call = get.call();
            this.key = get.key();
            this.spec = get.spec();
            this.deadlineNanos = get.deadlineNanos();
            this.patienceNanos = patienceNanos;
        }
    }

    private final QuorumConfig config;
    private final QuorumRules rules;
    private final RingView ring;
    private final Neighbours neighbours;
    private final Replica replica;
    private final Ids ids;
    private final Filling filling;
    private final Map<Long, InFlight> open = new LinkedHashMap<>();

    Reads(NodeParts parts, Filling filling) {
        this.filling = filling;
        this.config = parts.config();
        this.rules = parts.rules();
        this.ring = parts.ring();
        this.neighbours = parts.neighbours();
        this.replica = parts.replica();
        this.ids = parts.ids();
    }

    void begin(QuorumRequest.Get get, Turn turn) {
        InFlight read = new InFlight(get, turn.nowNanos() + config.hintAfter().toNanos());
        long id = ids.next();
        open.put(id, read);
        ask(id, read, get.spec().needed(), turn);
    }

    /** Asks so many replicas that were not asked: this node first, then those that are alive. */
    private void ask(long id, InFlight read, int wanted, Turn turn) {
        NodeId self = neighbours.self();
        List<NodeId> readers = new ArrayList<>(ring.of(read.key).readers());
        readers.removeAll(read.asked);
        readers.sort(Comparator.comparingInt(node -> node.equals(self) ? 0 : neighbours.isAlive(node) ? 1 : 2));
        byte[] row = readers.remove(self) ? own(read) : NOT_HERE;
        boolean here = row != NOT_HERE;
        int left = wanted;
        if (!read.began) {
            read.began = true;
            read.known = here ? row : null;
        }
        if (here) {
            read.asked.add(self);
            left--;
        }
        for (NodeId node : readers.subList(0, Math.min(Math.max(left, 0), readers.size()))) {
            read.asked.add(node);
            fetch(id, read, node, turn);
        }
        if (here) {
            replica.whenDurable(read.key, turn, later -> said(id, read, self, row, later));
        }
    }

    /** This node's row, or {@link #NOT_HERE} if it cannot answer. */
    private byte @Nullable [] own(InFlight read) {
        try {
            byte[] row = replica.bytes(read.key);
            return filling.isMissing(read.key.partition()) && !rules.readsMissing() ? NOT_HERE : row;
        } catch (HoldfastException | UncheckedIOException storeFailed) {
            return NOT_HERE;
        }
    }

    /** A replica has nothing to say: another is asked. */
    void onRefused(NodeId from, long id, Turn turn) {
        InFlight read = open.get(id);
        if (read != null && !read.answered && !read.repairing && !read.hashes.containsKey(from)) {
            ask(id, read, 1, turn);
        }
    }

    private void fetch(long id, InFlight read, NodeId node, Turn turn) {
        long known = RowHash.of(read.known);
        neighbours.send(node, new QuorumMessage.Fetch(id, ring.epoch(), read.key, known, null), turn);
        if (read.spec.sloppy() && !neighbours.isAlive(node)) {
            for (NodeId spare : ring.of(read.key).spares()) {
                if (neighbours.isAlive(spare)) {
                    neighbours.send(spare, new QuorumMessage.Fetch(id, ring.epoch(), read.key, known, node), turn);
                }
            }
        }
    }

    void onFetched(NodeId from, QuorumMessage.Fetched answer, Turn turn) {
        InFlight read = open.get(answer.id());
        if (read != null) {
            NodeId hintFor = answer.hintFor();
            NodeId node = hintFor == null ? from : hintFor;
            said(answer.id(), read, node, answer.same() ? read.known : answer.row(), turn);
        }
    }

    private void said(long id, InFlight read, NodeId node, byte @Nullable [] row, Turn turn) {
        Versions said = row == null ? Versions.NONE : Versions.decode(row);
        read.hashes.put(node, RowHash.of(row));
        read.said.put(node, said);
        read.merged = rules.merge(read.merged, said);
        if (read.answered) {
            settle(id, read, turn);
            return;
        }
        if (!read.repairing && rules.isRead(ring.of(read.key), read.hashes.keySet(), read.spec.needed())) {
            agree(id, read, turn);
        }
    }

    /** R have said what they know. Either that is the answer, or it is stored first where it is missing. */
    private void agree(long id, InFlight read, Turn turn) {
        read.merged = read.merged.withoutExpired(replica.wallMillis());
        read.said.forEach((node, said) -> {
            if (said.withoutExpired(replica.wallMillis()).equals(read.merged)) {
                read.agreed.add(node);
            }
        });
        boolean nothing = read.merged.equals(Versions.NONE);
        if (!read.spec.repairFirst()
                || nothing
                || rules.isRepaired(ring.of(read.key), read.agreed, read.spec.stored())) {
            answer(id, read, turn);
            return;
        }
        read.repairing = true;
        repair(id, read, true, turn);
    }

    private void repair(long id, InFlight read, boolean everybody, Turn turn) {
        byte[] row = read.merged.encode();
        for (NodeId node : everybody ? ring.of(read.key).all() : read.said.keySet()) {
            if (read.agreed.contains(node)) {
                continue;
            }
            if (node.equals(neighbours.self())) {
                if (replica.merge(read.key, read.merged, turn).isPresent()) {
                    replica.whenDurable(read.key, turn, later -> repaired(id, read, node, later));
                }
            } else {
                neighbours.send(node, new QuorumMessage.Replicate(id, ring.epoch(), read.key, row, null), turn);
                turn.count(QuorumEvent.Count.READ_REPAIR, 1);
            }
        }
    }

    void onStored(NodeId from, QuorumMessage.Stored answer, Turn turn) {
        InFlight read = open.get(answer.id());
        if (read != null && answer.hintFor() == null) {
            repaired(answer.id(), read, from, turn);
        }
    }

    private void repaired(long id, InFlight read, NodeId node, Turn turn) {
        read.agreed.add(node);
        if (read.repairing && !read.answered && rules.isRepaired(ring.of(read.key), read.agreed, read.spec.stored())) {
            answer(id, read, turn);
        }
    }

    private void answer(long id, InFlight read, Turn turn) {
        read.answered = true;
        turn.end(read.call, new QuorumResult.Read(read.merged));
        settle(id, read, turn);
    }

    /** Tells those who were behind, once all that were asked have answered. */
    private void settle(long id, InFlight read, Turn turn) {
        if (read.hashes.keySet().containsAll(read.asked)) {
            close(id, read, turn);
        }
    }

    private void close(long id, InFlight read, Turn turn) {
        if (open.remove(id) != null && !read.repairing) {
            read.said.forEach((node, said) -> {
                if (said.equals(read.merged)) {
                    read.agreed.add(node);
                } else {
                    read.agreed.remove(node);
                }
            });
            repair(0, read, false, turn);
        }
    }

    void onTick(Turn turn) {
        for (Map.Entry<Long, InFlight> entry : List.copyOf(open.entrySet())) {
            InFlight read = entry.getValue();
            long id = entry.getKey();
            if (turn.nowNanos() >= read.patienceNanos) {
                read.patienceNanos = turn.nowNanos() + config.hintAfter().toNanos();
                if (read.answered) {
                    close(id, read, turn);
                } else if (read.repairing) {
                    repair(id, read, true, turn);
                } else {
                    again(id, read, turn);
                }
            }
            if (turn.nowNanos() >= read.deadlineNanos) {
                if (!read.answered) {
                    read.answered = true;
                    turn.end(read.call, unavailable(read));
                }
                open.remove(id);
            }
        }
    }

    private void again(long id, InFlight read, Turn turn) {
        for (NodeId node : read.asked) {
            if (!read.hashes.containsKey(node) && !node.equals(neighbours.self())) {
                fetch(id, read, node, turn);
            }
        }
        ask(id, read, config.replicas(), turn);
    }

    private Failed unavailable(InFlight read) {
        return new Failed(
                Failed.Kind.UNAVAILABLE,
                "a read of partition " + read.key.partition() + " was answered by " + read.hashes.keySet() + " of "
                        + ring.of(read.key).readers() + " in time, and needs " + read.spec.needed()
                        + (read.repairing ? ", with what it read stored on " + read.spec.stored() : "")
                        + "; wait for the others, or read with a smaller R");
    }

    /** The ring is another: the replicas after it are asked too. */
    void onRing(Turn turn) {
        List.copyOf(open.entrySet()).forEach(entry -> {
            if (!entry.getValue().answered) {
                again(entry.getKey(), entry.getValue(), turn);
            }
        });
    }

    int open() {
        return open.size();
    }
}
