package io.holdfast.replication.quorum;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.version.HybridClock;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.Versions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of the ring: replica of its partitions and coordinator of its own callers (DeCandia et al. 2007, "Dynamo: Amazon's highly available key-value store"; the ring itself is committed elsewhere, as in Cassandra's
 * CEP-21). Without I/O but for its stores, which say when they have synced. Belongs to one thread.
 */
final class QuorumNode implements Protocol<QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> {
    /** How far the clock of another node may be ahead and is still followed. */
    static final Duration MAX_DRIFT = Duration.ofMinutes(5);

    /** The ring that was known last: a node that begins anew must not go back behind it. */
    private static final String CELL = "quorum-ring";

    private final QuorumConfig config;
    private final QuorumRules rules;
    private final Neighbours neighbours;
    private final RingView ring;
    private final DurableRows rows;
    private final DurableRows keptHints;
    private final Replica replica;
    private final Tombstones tombstones;
    private final Hints hints;
    private final Writes writes;
    private final Reads reads;
    private final Forwards forwards;
    private final Filling filling;
    private final AntiEntropy antiEntropy;
    private final Collector collector;
    private final Ceding ceding;
    private final Seen coordinated = new Seen();
    private final Optional<Ring> remembered;
    private volatile Status status = new Status(Ring.NONE, 0, 0, KeyHash.PARTITIONS);

    /**
     * What others may know of this node, whole, as of the end of a turn.
     *
     * @param ring the ring that it knows
     * @param hints how many it keeps for others
     * @param tombstones how many removed rows it remembers
     * @param missing of how many partitions it lacks rows
     */
    record Status(Ring ring, int hints, int tombstones, int missing) {}

    QuorumNode(
            NodeId self,
            QuorumConfig config,
            QuorumRules rules,
            RowStore store,
            RowStore hintStore,
            DurableCells cells,
            Environment env) {
        this.config = config;
        this.rules = rules;
        this.neighbours = new Neighbours(self);
        this.ring = new RingView(config.replicas());
        this.rows = new DurableRows(store, rules);
        this.keptHints = new DurableRows(hintStore, rules);
        this.tombstones = new Tombstones(config.maxTombstones());
        this.replica = new Replica(rows, tombstones, env.wallClock(), rules);
        Ids ids = new Ids(env.random().split("quorum").nextLong());
        NodeParts parts = new NodeParts(config, rules, ring, neighbours, replica, ids);
        this.hints = new Hints(parts, keptHints);
        HybridClock clock = new HybridClock(env.wallClock(), MAX_DRIFT);
        this.writes = new Writes(parts, new Dots(store, rules), clock, hints);
        this.filling = new Filling(parts, new Kept(cells));
        this.reads = new Reads(parts, filling);
        this.forwards = new Forwards(parts);
        this.antiEntropy = new AntiEntropy(parts, filling);
        this.collector = new Collector(parts, tombstones, hints, clock);
        this.ceding = new Ceding(parts, filling);
        this.remembered = cells.read(CELL).map(RingCodec::decode);
    }

    @Override
    public void onStart(long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
        tombstones.onStart(rows.store(), nowNanos);
        out.wakeAt(nowNanos + config.tick().toNanos(), QuorumTimer.TICK);
        out.wakeAt(nowNanos + antiEntropy.firstNanos(), QuorumTimer.ANTI_ENTROPY);
        out.wakeAt(nowNanos + sweepPauseNanos(), QuorumTimer.SWEEP);
        remembered.ifPresent(ring -> adopt(ring, new Turn(nowNanos, out)));
        look();
    }

    private void look() {
        status = new Status(ring.ring(), hints.count(), tombstones.count(), filling.missing());
    }

    /** A sweep of all leaves takes as long as it shall in steps of a partition each. */
    private long sweepPauseNanos() {
        return config.sweep().toNanos() / KeyHash.PARTITIONS;
    }

    @Override
    public void onRequest(QuorumRequest request, long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
        Turn turn = new Turn(nowNanos, out);
        if (request instanceof QuorumRequest.Get get) {
            reads.begin(get, turn);
        } else if (request instanceof QuorumRequest.Change change) {
            change(change, turn);
        } else if (request instanceof QuorumRequest.Synced synced) {
            rows.onSynced(synced.position(), turn);
        } else if (request instanceof QuorumRequest.HintsSynced synced) {
            keptHints.onSynced(synced.position(), turn);
        } else if (request instanceof QuorumRequest.Neighbour seen) {
            neighbours.learn(seen);
        } else if (request instanceof QuorumRequest.RingIs news) {
            adopt(news.ring(), turn);
        }
    }

    private void change(QuorumRequest.Change asked, Turn turn) {
        if (!ring.of(asked.key()).has(neighbours.self())
                || filling.isMissing(asked.key().partition())) {
            forwards.begin(asked, turn);
            return;
        }
        Optional<String> trouble = writes.begin(
                asked.key(),
                asked.change(),
                asked.spec(),
                asked.deadlineNanos(),
                (later, result) -> later.end(asked.call(), result),
                turn);
        if (trouble.isPresent()) {
            forwards.begin(asked, turn); // the store of another may take it
        }
    }

    private void adopt(Ring next, Turn turn) {
        if (next.epoch() <= ring.epoch()) {
            return;
        }
        boolean first = ring.epoch() == 0;
        ring.adopt(next);
        turn.out().persist(CELL, RingCodec.encode(next));
        if (first && !next.has(neighbours.self())) {
            hints.discard();
        }
        filling.onRing(turn);
        writes.onRing(turn);
        reads.onRing(turn);
        look();
    }

    @Override
    public void onMessage(
            Address from, QuorumMessage message, long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
        Turn turn = new Turn(nowNanos, out);
        NodeId sender = neighbours.at(from);
        if (sender == null) {
            return; // membership has not told of it yet; what is lost is asked again
        }
        if (message instanceof QuorumMessage.RingNews news) {
            adopt(news.ring(), turn);
        } else if (message instanceof QuorumMessage.Coordinate asked) {
            coordinate(from, asked, turn);
        } else if (message instanceof QuorumMessage.Replicate asked) {
            replicate(from, asked, turn);
        } else if (message instanceof QuorumMessage.Fetch asked) {
            fetch(from, asked, turn);
        } else if (message instanceof QuorumMessage.Pull asked) {
            pull(from, asked, turn);
        } else if (!answer(sender, message, turn)) {
            housekeeping(sender, from, message, turn);
        }
    }

    private boolean answer(NodeId sender, QuorumMessage message, Turn turn) {
        if (message instanceof QuorumMessage.Coordinated answer) {
            forwards.onCoordinated(answer, turn);
        } else if (message instanceof QuorumMessage.Stored answer) {
            writes.onStored(sender, answer, turn);
            reads.onStored(sender, answer, turn);
            hints.onStored(answer.id(), turn);
        } else if (message instanceof QuorumMessage.Fetched answer) {
            reads.onFetched(sender, answer, turn);
        } else if (message instanceof QuorumMessage.Refused refused) {
            if (refused.reason() == Refusal.UNKNOWN_RING) {
                neighbours.send(sender, new QuorumMessage.RingNews(ring.ring()), turn);
            }
            forwards.onRefused(refused.id(), turn);
            reads.onRefused(sender, refused.id(), turn);
        } else if (message instanceof QuorumMessage.Pulled answer) {
            filling.onPulled(sender, answer, turn);
        } else {
            return false;
        }
        return true;
    }

    private void housekeeping(NodeId sender, Address from, QuorumMessage message, Turn turn) {
        if (message instanceof QuorumMessage.Hashes hashes) {
            compareRings(from, hashes.epoch(), turn);
            antiEntropy.onHashes(sender, hashes, turn);
        } else if (message instanceof QuorumMessage.Listing listing) {
            antiEntropy.onListing(sender, listing, turn);
        } else if (message instanceof QuorumMessage.Want want) {
            antiEntropy.onWant(sender, want, turn);
        } else if (message instanceof QuorumMessage.Offer offer) {
            antiEntropy.onOffer(sender, offer, turn);
        } else if (message instanceof QuorumMessage.Repair repair) {
            antiEntropy.onRepair(sender, repair, turn);
        } else if (message instanceof QuorumMessage.MayCollect asked) {
            if (asked.epoch() == ring.epoch()) {
                turn.send(
                        from,
                        new QuorumMessage.Collectable(
                                asked.id(), collector.judge(asked.partition(), asked.tombstones(), turn)));
            }
        } else if (message instanceof QuorumMessage.Collectable answer) {
            collector.onCollectable(sender, answer, turn);
        } else if (message instanceof QuorumMessage.Collect told && told.epoch() == ring.epoch()) {
            collector.collect(told.tombstones(), turn);
        }
    }

    /** A round of anti-entropy also finds members whose ring is old. */
    private void compareRings(Address from, long epoch, Turn turn) {
        if (epoch > ring.epoch()) {
            turn.out().publish(new QuorumEvent.RingWanted(epoch));
        } else if (epoch < ring.epoch()) {
            turn.send(from, new QuorumMessage.RingNews(ring.ring()));
        }
    }

    /** Whether the request stands on a ring that does not count any more; it learns of the newer one. A ring that this node does not know is looked up. */
    private boolean isOutdated(Address from, long id, long epoch, Turn turn) {
        if (epoch > ring.epoch()) {
            turn.out().publish(new QuorumEvent.RingWanted(epoch));
        }
        if (rules.refuses(epoch, ring.epoch())) {
            turn.send(from, new QuorumMessage.RingNews(ring.ring()));
            turn.send(from, new QuorumMessage.Refused(id, Refusal.OLD_RING));
            return true;
        }
        return false;
    }

    private void coordinate(Address from, QuorumMessage.Coordinate asked, Turn turn) {
        if (isOutdated(from, asked.id(), asked.epoch(), turn)) {
            return;
        }
        if (asked.epoch() > ring.epoch()) {
            turn.send(from, new QuorumMessage.Refused(asked.id(), Refusal.UNKNOWN_RING));
        } else if (!ring.of(asked.key()).has(neighbours.self())
                || filling.isMissing(asked.key().partition())) {
            turn.send(from, new QuorumMessage.Refused(asked.id(), Refusal.NOT_A_REPLICA));
        } else if (coordinated.isFirst(from, asked.id())) {
            long deadline =
                    turn.nowNanos() + Duration.ofMillis(asked.budgetMillis()).toNanos();
            writes.begin(
                            asked.key(),
                            asked.change(),
                            asked.spec(),
                            deadline,
                            (later, result) -> later.send(from, new QuorumMessage.Coordinated(asked.id(), result)),
                            turn)
                    .ifPresent(
                            trouble -> turn.send(from, new QuorumMessage.Refused(asked.id(), Refusal.STORE_REFUSES)));
        }
    }

    private void replicate(Address from, QuorumMessage.Replicate asked, Turn turn) {
        if (isOutdated(from, asked.id(), asked.epoch(), turn)) {
            return;
        }
        if (asked.epoch() > ring.epoch() || filling.isCleaning(asked.key().partition())) {
            turn.send(from, new QuorumMessage.Refused(asked.id(), Refusal.UNKNOWN_RING)); // sent again a moment later
            return;
        }
        Versions row = Versions.decode(asked.row());
        NodeId target = asked.hintFor();
        if (target != null) {
            if (!hints.keepRow(target, asked.key(), asked.row(), turn, later -> stored(from, asked, null, later))) {
                turn.send(from, new QuorumMessage.Refused(asked.id(), Refusal.STORE_REFUSES));
            }
            return;
        }
        replica.merge(asked.key(), row, turn)
                .ifPresentOrElse(
                        now -> {
                            if (row.isLatest()
                                    && filling.isRebuilding(asked.key().partition())) {
                                return; // kept, and not counted: an earlier write that it has lost may be the later one
                            }
                            byte[] more = RowHash.of(now) == RowHash.of(asked.row()) ? null : now;
                            replica.whenDurable(asked.key(), turn, later -> stored(from, asked, more, later));
                        },
                        () -> turn.send(from, new QuorumMessage.Refused(asked.id(), Refusal.STORE_REFUSES)));
    }

    private static void stored(Address from, QuorumMessage.Replicate asked, byte @Nullable [] more, Turn turn) {
        if (asked.id() != 0) {
            turn.send(from, new QuorumMessage.Stored(asked.id(), asked.hintFor(), more));
        }
    }

    private void fetch(Address from, QuorumMessage.Fetch asked, Turn turn) {
        if (isOutdated(from, asked.id(), asked.epoch(), turn)) {
            return;
        }
        if (rules.waitsForRing(asked.epoch(), ring.epoch())) {
            turn.send(from, new QuorumMessage.Refused(asked.id(), Refusal.UNKNOWN_RING));
            return;
        }
        NodeId target = asked.hintFor();
        byte[] row = target == null ? replica.bytes(asked.key()) : hints.row(target, asked.key());
        if (target == null && filling.isMissing(asked.key().partition()) && !rules.readsMissing()) {
            turn.send(from, new QuorumMessage.Refused(asked.id(), Refusal.NOT_A_REPLICA));
            return;
        }
        if (target != null && row == null) {
            return; // nothing is kept here: that says nothing about the row
        }
        boolean same = RowHash.of(row) == asked.knownHash();
        replica.whenDurable(
                asked.key(),
                turn,
                later -> later.send(from, new QuorumMessage.Fetched(asked.id(), target, same, same ? null : row)));
    }

    private void pull(Address from, QuorumMessage.Pull asked, Turn turn) {
        if (isOutdated(from, asked.id(), asked.epoch(), turn)) {
            return;
        }
        if (asked.epoch() > ring.epoch()) {
            turn.send(from, new QuorumMessage.Refused(asked.id(), Refusal.UNKNOWN_RING));
        } else {
            turn.send(from, ceding.give(asked));
        }
    }

    /** The next timer is set first: nothing that goes wrong in one step may stop the others, or all that follow. */
    @Override
    public void onTimer(QuorumTimer timer, long nowNanos, Outbox<QuorumMessage, QuorumTimer, QuorumEvent> out) {
        Turn turn = new Turn(nowNanos, out);
        switch (timer) {
            case TICK -> {
                out.wakeAt(nowNanos + config.tick().toNanos(), QuorumTimer.TICK);
                step(writes::onTick, turn);
                step(reads::onTick, turn);
                step(forwards::onTick, turn);
                step(hints::onTick, turn);
                step(filling::onTick, turn);
                look();
            }
            case ANTI_ENTROPY -> {
                out.wakeAt(nowNanos + antiEntropy.pauseNanos(), QuorumTimer.ANTI_ENTROPY);
                step(antiEntropy::onRound, turn);
            }
            case SWEEP -> {
                out.wakeAt(nowNanos + sweepPauseNanos(), QuorumTimer.SWEEP);
                step(collector::onSweep, turn);
                step(ceding::onSweep, turn);
            }
        }
    }

    private static void step(Consumer<Turn> step, Turn turn) {
        try {
            step.accept(turn);
        } catch (RuntimeException e) {
            turn.out().publish(new QuorumEvent.Trouble(e));
        }
    }

    /** Any thread may ask. */
    Status status() {
        return status;
    }

    Ring ring() {
        return ring.ring();
    }

    int hints() {
        return hints.count();
    }

    int tombstones() {
        return tombstones.count();
    }

    /** Calls under way, those of others among them. */
    int open() {
        return writes.open() + reads.open() + forwards.open();
    }

    /** Partitions that this node has still to take. */
    int missing() {
        return filling.missing();
    }
}
