package io.holdfast.replication.quorum;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.replication.quorum.QuorumResult.Failed;
import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.Dot;
import io.holdfast.replication.version.HybridClock;
import io.holdfast.replication.version.RowKey;
import io.holdfast.replication.version.Sibling;
import io.holdfast.replication.version.Versions;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The writes that this replica makes: it gives each its dot, stores it, sends it to the others, and counts who has stored it. */
final class Writes {
    /** Takes the outcome. */
    interface Reply extends BiConsumer<Turn, QuorumResult> {}

    private static final class InFlight {
        final RowKey key;
        final RowChange change;
        final CallSpec spec;
        final long deadlineNanos;
        final Reply reply;
        final Set<NodeId> stored = new HashSet<>();
        Dot dot;
        byte[] row;
        long patienceNanos;
        boolean answered;
        boolean hinted;

        InFlight(RowKey key, RowChange change, CallSpec spec, long deadlineNanos, Reply reply, Dot dot, byte[] row) {
            this.key = key;
            this.change = change;
            this.spec = spec;
            this.deadlineNanos = deadlineNanos;
            this.reply = reply;
            this.dot = dot;
            this.row = row;
        }
    }

    private final QuorumConfig config;
    private final QuorumRules rules;
    private final RingView ring;
    private final Neighbours neighbours;
    private final Replica replica;
    private final Hints hints;
    private final Dots dots;
    private final HybridClock clock;
    private final Ids ids;
    private final Map<Long, InFlight> open = new LinkedHashMap<>();

    Writes(NodeParts parts, Dots dots, HybridClock clock, Hints hints) {
        this.config = parts.config();
        this.rules = parts.rules();
        this.ring = parts.ring();
        this.neighbours = parts.neighbours();
        this.replica = parts.replica();
        this.ids = parts.ids();
        this.hints = hints;
        this.dots = dots;
        this.clock = clock;
    }

    /** Begins a write. The reason is there if the store of this node does not take it, and nothing was done: another replica may. */
    Optional<String> begin(RowKey key, RowChange change, CallSpec spec, long deadlineNanos, Reply reply, Turn turn) {
        Made made;
        try {
            made = make(key, change, spec, turn);
        } catch (HoldfastException | UncheckedIOException storeRefuses) {
            return Optional.of(String.valueOf(storeRefuses.getMessage()));
        }
        if (replica.isDoubtful(key.partition())) {
            return Optional.of("the disk of this node has spoilt rows of partition " + key.partition()
                    + ", which it takes from the others");
        }
        if (made.refusal() != null) {
            reply.accept(turn, made.refusal());
        } else if (made.row() == null) {
            reply.accept(turn, new QuorumResult.Written(change.known(), 0));
        } else {
            InFlight write = new InFlight(key, change, spec, deadlineNanos, reply, lastMade, made.row());
            send(ids.next(), write, turn);
        }
        return Optional.empty();
    }

    /** What became of the attempt to make a row: a refusal, a row, or neither where there was nothing to do. */
    private record Made(@Nullable Failed refusal, byte @Nullable [] row) {
        static Made refused(Failed.Kind kind, String message) {
            return new Made(new Failed(kind, message), null);
        }
    }

    private Made make(RowKey key, RowChange change, CallSpec spec, Turn turn) {
        Optional<Failed> few = tooFew(ring.of(key), key, spec);
        if (few.isPresent()) {
            return new Made(few.get(), null);
        }
        Versions before = replica.load(key);
        if (replica.isDoubtful(key.partition())) {
            return new Made(null, null); // what it would replace is not known
        }
        boolean removes = change.value() == null && change.policy() == ConflictPolicy.SIBLINGS;
        if (removes && change.known().equals(CausalContext.EMPTY)) {
            return new Made(null, null); // who has read nothing removes nothing
        }
        int unknown = removes ? 0 : before.remove(change.known()).siblings().size();
        if (change.policy() == ConflictPolicy.SIBLINGS && unknown >= config.maxSiblings()) {
            return Made.refused(
                    Failed.Kind.OVERLOADED,
                    "the row has " + unknown
                            + " siblings that the writer does not know, the limit of max-siblings; read"
                            + " it, and write with the context that was read");
        }
        Versions next = made(before, change);
        Optional<String> objection = replica.objection(key, next);
        if (objection.isPresent()) {
            return Made.refused(Failed.Kind.OVERLOADED, objection.get());
        }
        byte[] state = next.encode();
        if (state.length > QuorumConfig.MAX_ROW_BYTES) {
            return Made.refused(
                    Failed.Kind.OVERLOADED,
                    "the row would have " + state.length + " bytes with its siblings, and may have "
                            + QuorumConfig.MAX_ROW_BYTES
                            + "; read it, and write one value with the context that was read");
        }
        replica.save(key, state, turn);
        return new Made(null, state);
    }

    private Dot lastMade = new Dot(0, 1);

    /** The row after the change. For {@link ConflictPolicy#LATEST} the write is later than all that is known here. */
    private Versions made(Versions before, RowChange change) {
        boolean latest = change.policy() == ConflictPolicy.LATEST;
        long earlier = before.latestTime();
        if (change.value() == null && !latest) {
            return before.remove(change.known());
        }
        lastMade = dots.next();
        Sibling sibling = new Sibling(lastMade, clock.tick(latest ? earlier : 0), change.expiry(), change.value());
        return latest ? before.putLatest(sibling) : before.put(change.known(), sibling);
    }

    private Optional<Failed> tooFew(ReplicaSets sets, RowKey key, CallSpec spec) {
        for (List<NodeId> set : sets.writers()) {
            long alive = set.stream().filter(neighbours::isAlive).count();
            long standIns = rules.usesStandIns(spec.sloppy())
                    ? sets.spares().stream().filter(neighbours::isAlive).count()
                    : 0;
            int needed = Math.min(spec.needed(), set.size());
            if (alive + standIns < needed) {
                return Optional.of(new Failed(
                        Failed.Kind.NOT_APPLIED,
                        "a write needs " + needed + " of the replicas " + set + " of partition " + key.partition()
                                + ", and " + alive + " are alive; wait for the others, or write with a smaller W"));
            }
        }
        return Optional.empty();
    }

    /** Others get the row when it would survive a power failure here: this node must never forget a write that others have from it, or the next one would be taken to know it. */
    private void send(long id, InFlight write, Turn turn) {
        write.patienceNanos = turn.nowNanos() + config.hintAfter().toNanos();
        open.put(id, write);
        byte[] row = write.row;
        if (!rules.sendsAfterTheSync()) {
            tellOthers(id, write, turn);
        }
        replica.whenDurable(write.key, turn, later -> {
            if (write.row == row) {
                if (rules.sendsAfterTheSync()) {
                    tellOthers(id, write, later);
                }
                stored(id, write, neighbours.self(), later);
            }
        });
    }

    private void tellOthers(long id, InFlight write, Turn turn) {
        for (NodeId node : ring.of(write.key).all()) {
            if (!node.equals(neighbours.self()) && !write.stored.contains(node)) {
                neighbours.send(node, replicate(id, write, null), turn);
                if (!neighbours.isAlive(node)) {
                    standIn(id, write, node, turn);
                }
            }
        }
    }

    private QuorumMessage replicate(long id, InFlight write, @Nullable NodeId hintFor) {
        return new QuorumMessage.Replicate(id, ring.epoch(), write.key, write.row, hintFor);
    }

    /** Somebody keeps it for a node that is not there: a spare whose word counts, if the caller wants that; otherwise this node, and its word does not count. */
    private void standIn(long id, InFlight write, NodeId missing, Turn turn) {
        if (rules.usesStandIns(write.spec.sloppy())) {
            ReplicaSets sets = ring.of(write.key);
            List<NodeId> spares =
                    sets.spares().stream().filter(neighbours::isAlive).toList();
            int nth = new ArrayList<>(sets.all()).indexOf(missing);
            if (!spares.isEmpty()) {
                neighbours.send(spares.get(nth % spares.size()), replicate(id, write, missing), turn);
                return;
            }
        }
        hints.keepMarker(missing, write.key, turn);
    }

    void onStored(NodeId from, QuorumMessage.Stored answer, Turn turn) {
        InFlight write = open.get(answer.id());
        if (write == null) {
            return;
        }
        byte[] more = answer.row();
        if (more != null && merged(answer.id(), write, more, turn)) {
            return;
        }
        NodeId hintFor = answer.hintFor();
        if (hintFor == null) {
            stored(answer.id(), write, from, turn);
        } else if (rules.usesStandIns(write.spec.sloppy())) {
            stored(answer.id(), write, hintFor, turn);
        }
    }

    /** The other replica knew more. If that is later than this write, the write was not the last when it was made: it is made again, later. Returns whether it was. */
    private boolean merged(long id, InFlight write, byte[] more, Turn turn) {
        boolean latest = write.change.policy() == ConflictPolicy.LATEST;
        Versions theirs = Versions.decode(more);
        theirs.siblings().forEach(sibling -> clock.follow(sibling.time()));
        replica.merge(write.key, theirs, turn);
        Versions now = replica.load(write.key);
        if (replica.isDoubtful(write.key.partition())) {
            return false;
        }
        boolean stands =
                now.siblings().stream().anyMatch(sibling -> sibling.dot().equals(write.dot));
        if (!latest || write.answered || stands || !rules.redoesOvertaken()) {
            return false;
        }
        open.remove(id);
        try {
            Versions next = made(now, write.change);
            write.dot = lastMade;
            write.row = replica.save(write.key, next, turn);
        } catch (HoldfastException | UncheckedIOException storeRefuses) {
            write.answered = true;
            write.reply.accept(turn, new Failed(Failed.Kind.UNKNOWN, String.valueOf(storeRefuses.getMessage())));
            return true;
        }
        write.stored.clear();
        turn.count(QuorumEvent.Count.OVERTAKEN, 1);
        send(ids.next(), write, turn);
        return true;
    }

    private void stored(long id, InFlight write, NodeId node, Turn turn) {
        write.stored.add(node);
        ReplicaSets sets = ring.of(write.key);
        if (!write.answered && rules.isStored(sets, write.stored, write.spec.needed())) {
            write.answered = true;
            Versions row = Versions.decode(write.row);
            write.reply.accept(turn, new QuorumResult.Written(row.context(), row.latestTime()));
        }
        if (write.answered && write.stored.containsAll(sets.all())) {
            open.remove(id);
        }
    }

    /** Sends again what was not answered, keeps hints, ends what is over its time. */
    void onTick(Turn turn) {
        for (Map.Entry<Long, InFlight> entry : List.copyOf(open.entrySet())) {
            InFlight write = entry.getValue();
            boolean over = turn.nowNanos() >= write.deadlineNanos;
            if (turn.nowNanos() >= write.patienceNanos) {
                again(entry.getKey(), write, !over, !write.hinted, turn);
                write.hinted = true;
                write.patienceNanos = turn.nowNanos() + config.hintAfter().toNanos();
            }
            if (over && !write.answered) {
                write.answered = true;
                write.reply.accept(turn, unknown(write));
            }
            if (over || (write.answered && write.hinted)) {
                open.remove(entry.getKey());
            }
        }
    }

    /** What is over its time is not sent again, however late this node looks: it would arrive after what came later. */
    private void again(long id, InFlight write, boolean inTime, boolean hint, Turn turn) {
        if (!write.stored.contains(neighbours.self())) {
            return; // not durable here yet
        }
        for (NodeId node : ring.of(write.key).all()) {
            if (!node.equals(neighbours.self()) && !write.stored.contains(node)) {
                if (inTime && !write.answered) {
                    neighbours.send(node, replicate(id, write, null), turn);
                }
                if (hint) {
                    standIn(id, write, node, turn);
                }
            }
        }
    }

    private Failed unknown(InFlight write) {
        ReplicaSets sets = ring.of(write.key);
        return new Failed(
                Failed.Kind.UNKNOWN,
                "a write of partition " + write.key.partition() + " was stored by " + write.stored + " of " + sets.all()
                        + " in time, and needs " + write.spec.needed()
                        + "; it may still spread: read before writing again");
    }

    /** The ring is another: replicas that were none must store what is under way too. */
    void onRing(Turn turn) {
        List.copyOf(open.entrySet()).forEach(entry -> {
            if (!entry.getValue().answered) {
                again(entry.getKey(), entry.getValue(), true, false, turn);
            }
        });
    }

    int open() {
        return open.size();
    }
}
