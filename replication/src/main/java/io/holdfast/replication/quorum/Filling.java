package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.quorum.QuorumMessage.RepairRow;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.Versions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Takes the partitions that this node shall keep from now on, each from all of its replicas that are alive, and from a majority at least, so that every write that was acknowledged by more is among what they have. Whoever
 * gives rows knows the new ring, and so takes no write that passes this node by: what it gives is all that was acknowledged without it. A member that has lost its disk takes everything anew, from all other replicas, since
 * it may itself have been one of those that made a quorum; and one whose disk has spoilt some rows takes their partitions.
 */
final class Filling {
    /** What must be taken: from so many of the sources. Those in {@code lacking} have given what they have, and it may not be all. */
    private record Need(List<NodeId> sources, int needed, Set<NodeId> taken, Set<NodeId> lacking, boolean again) {
        Need(List<NodeId> sources, int needed, boolean again) {
            this(sources, needed, new HashSet<>(), new HashSet<>(), again);
        }

        boolean wants(NodeId source) {
            return sources.contains(source) && !taken.contains(source);
        }

        /** All have given what they have, and some lack rows as this node does: more there is not. */
        boolean isAllThereIs() {
            return taken.size() + lacking.size() >= sources.size();
        }
    }

    /** What is asked of one source: one question at a time. */
    private static final class Stream {
        List<Integer> asked = List.of();
        long id;
        long askedNanos;
        long after;
        boolean open;
    }

    private final QuorumConfig config;
    private final QuorumRules rules;
    private final RingView ring;
    private final Neighbours neighbours;
    private final Replica replica;
    private final Ids ids;
    private final Map<Integer, Need> missing = new TreeMap<>();
    private final Map<NodeId, Stream> streams = new TreeMap<>(Comparator.comparing(NodeId::value));
    private final Set<Integer> cleaning = new HashSet<>();
    private final Kept kept;
    private boolean told = true;

    Filling(NodeParts parts, Kept kept) {
        this.kept = kept;
        this.config = parts.config();
        this.rules = parts.rules();
        this.ring = parts.ring();
        this.neighbours = parts.neighbours();
        this.replica = parts.replica();
        this.ids = parts.ids();
    }

    void onRing(Turn turn) {
        told = false;
        missing.clear();
        streams.clear();
        kept.onRing(ring.ring(), ring, neighbours.self(), turn);
        for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
            need(partition, turn);
        }
        onTick(turn);
    }

    private void need(int partition, Turn turn) {
        boolean replaced =
                ring.ring().isReplaced(neighbours.self(), replica.store().storeId()) || replica.isDoubtful(partition);
        NodeId self = neighbours.self();
        ReplicaSets sets = ring.of(partition);
        List<NodeId> before = sets.writers().get(0);
        boolean comes = sets.writers().size() == 2 && sets.has(self) && !before.contains(self);
        if (comes && ring.ring().phase() == Ring.Phase.FILLING) {
            missing.put(partition, new Need(before, rules.filledFrom(before.size()), false));
            if (!kept.has(partition) && rules.cleansLeftovers()) {
                clean(partition, turn);
            }
        } else if (replaced && sets.has(self)) {
            boolean filled = ring.ring().phase() == Ring.Phase.SWITCHED;
            List<NodeId> others = (filled ? sets.all() : before)
                    .stream().filter(node -> !node.equals(self)).toList();
            missing.put(partition, new Need(others, rules.rebuiltFrom(others.size()), true));
        }
        Need need = missing.get(partition);
        if (need != null) {
            need.sources().forEach(node -> streams.putIfAbsent(node, new Stream()));
        }
    }

    /** What is left over from before goes, durably, before anything new is taken. */
    private void clean(int partition, Turn turn) {
        if (!cleaning.add(partition)) {
            return;
        }
        replica.forgetAll(partition);
        replica.whenAllDurable(turn, later -> {
            cleaning.remove(partition);
            kept.add(partition, later);
        });
    }

    void onTick(Turn turn) {
        replica.doubtful().stream()
                .filter(partition -> !missing.containsKey(partition))
                .forEach(partition -> need(partition, turn));
        missing.entrySet()
                .removeIf(entry -> !cleaning.contains(entry.getKey())
                        && isTaken(entry.getValue())
                        && vouched(entry.getKey(), turn));
        streams.forEach((source, stream) -> ask(source, stream, turn));
        if (missing.isEmpty() && !told) {
            told = true;
            long filled = ring.epoch();
            replica.whenAllDurable(turn, later -> later.out().publish(new QuorumEvent.Filled(filled)));
        }
    }

    /** What was in doubt counts again when what was taken is durable. */
    private boolean vouched(int partition, Turn turn) {
        if (replica.isDoubtful(partition)) {
            replica.whenAllDurable(turn, later -> replica.vouch(partition));
            return !replica.isDoubtful(partition);
        }
        return true;
    }

    private boolean isTaken(Need need) {
        if (need.isAllThereIs() && !need.lacking().isEmpty()) {
            return true; // two that have lost their disks would wait for each other for ever
        }
        boolean allAlive = need.sources().stream().noneMatch(node -> neighbours.isAlive(node) && need.wants(node));
        return rules.isFilled(need.taken().size(), need.needed(), allAlive);
    }

    private void ask(NodeId source, Stream stream, Turn turn) {
        boolean late = stream.open
                && turn.nowNanos() - stream.askedNanos >= 4 * config.hintAfter().toNanos();
        if ((stream.open && !late) || !neighbours.isAlive(source)) {
            return;
        }
        List<Integer> wanted = wanted(source, false);
        wanted = wanted.isEmpty() ? wanted(source, true) : wanted; // it may have taken its own meanwhile
        stream.open = !wanted.isEmpty();
        if (stream.open) {
            if (stream.asked.isEmpty() || !stream.asked.get(0).equals(wanted.get(0))) {
                stream.after = 0;
            }
            stream.asked = wanted;
            stream.id = ids.next();
            stream.askedNanos = turn.nowNanos();
            neighbours.send(source, new QuorumMessage.Pull(stream.id, ring.epoch(), wanted, stream.after), turn);
        }
    }

    private List<Integer> wanted(NodeId source, boolean lacking) {
        List<Integer> wanted = new ArrayList<>();
        missing.forEach((partition, need) -> {
            boolean fits = need.wants(source) && need.lacking().contains(source) == lacking;
            if (fits && !cleaning.contains(partition)) {
                wanted.add(partition);
            }
        });
        return wanted;
    }

    void onPulled(NodeId from, QuorumMessage.Pulled answer, Turn turn) {
        Stream stream = streams.get(from);
        if (stream == null || !stream.open || stream.id != answer.id()) {
            return;
        }
        stream.open = false;
        for (RepairRow row : answer.rows()) {
            replica.take(row.key(), Versions.decode(row.row()), turn);
        }
        int complete = Math.min(answer.complete(), stream.asked.size());
        for (int partition : stream.asked.subList(0, complete)) {
            Need need = missing.get(partition);
            if (need != null && answer.lacking().contains(partition)) {
                need.lacking().add(from);
            } else if (need != null) {
                need.taken().add(from);
                need.lacking().remove(from);
            }
        }
        stream.asked = stream.asked.subList(complete, stream.asked.size());
        stream.after = answer.upTo();
        onTick(turn);
    }

    /** Whether this node lacks rows of a partition that it shall keep. */
    boolean isMissing(int partition) {
        return missing.containsKey(partition) || replica.isDoubtful(partition);
    }

    /** Whether this node has lost rows of a partition that it has vouched for: what it stores it does not know to be the latest, as a replica should. */
    boolean isRebuilding(int partition) {
        Need need = missing.get(partition);
        return replica.isDoubtful(partition) || (need != null && need.again());
    }

    /** Whether rows of a partition cannot be taken yet, since what is left over there has not gone. */
    boolean isCleaning(int partition) {
        return cleaning.contains(partition);
    }

    int missing() {
        return missing.size();
    }
}
