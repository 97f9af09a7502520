package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.replication.crdt.CrdtMessage.Ack;
import io.holdfast.replication.crdt.CrdtMessage.Content;
import io.holdfast.replication.crdt.CrdtMessage.Digest;
import io.holdfast.replication.crdt.CrdtMessage.Digests;
import io.holdfast.replication.crdt.CrdtMessage.Objects;
import io.holdfast.replication.crdt.CrdtMessage.Part;
import io.holdfast.replication.crdt.CrdtMessage.Piece;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The spread of a space, without I/O: anti-entropy by delta intervals (Almeida et al. 2018, algorithm 2).
 *
 * <ul>
 *   <li>What changes here is joined interval by interval ({@link Group}). When an interval ends it is saved; when it is on disk, and never before, it is sent. So no peer ever sees a dot that this disk could forget, and a store
 *       may go on with its numbers after a crash: a dot that was lost was seen by nobody. That is why an actor is as old as its disk, and contexts have one row for each disk and not for each start. (The other choice, a new
 *       actor for each run, needs no save before the sending but lets each counter and context grow with each restart.) A disk that is older than its store, from a backup or a copied machine, breaks the rule: the store learns it
 *       from the first peer that knows a later dot, or another entry of a dot that is live here, and goes on as a new actor. What it wrote before it heard may be merged with what it had written under the same dots in its former life, one of the two; all replicas take the same.
 *   <li>A peer is sent what it has not acknowledged since, in one {@link Transfer} at a time. A delta is for one run of a peer, which holds what it builds on: thus each replica's state of an object is causally closed, and its
 *       context a version vector.
 *   <li>A peer that is new, runs anew, or was away for longer than the buffer reaches is sent digests first, then the whole state of the objects that differ.
 *   <li>Messages may be lost, doubled, late and out of order: parts are repeated until acknowledged, and a join forgives the rest.
 * </ul>
 */
final class CrdtNode implements Protocol<CrdtRequest, CrdtMessage, CrdtTimer, CrdtEvent> {
    /** A part is sent again after so many intervals without an acknowledgement. */
    private static final int RESEND_INTERVALS = 4;

    /** Each time so many intervals are over a peer is compared with, whatever it has acknowledged: against what nobody thought of. */
    private static final int COMPARE_INTERVALS = 600;

    /** The longest pause after a save that failed. */
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    private final CrdtConfig config;
    private final CrdtRules rules;
    private final Replica replica;
    private final Optional<SpaceDisk> disk;
    private final RandomGenerator random;
    private final long run;
    private final History history;
    private final Assembly assembly;
    private final Map<Address, PeerState> peers = new LinkedHashMap<>();
    private final Map<Long, CrdtRequest.Await> waiters = new LinkedHashMap<>();
    private long saved;
    private long saving;
    private int failures;
    private long retryNanos;
    private long transfers;
    private long ticks;
    private long rollbacks;
    /** Written by the protocol, read by whoever leaves. */
    private volatile boolean hasCompany;

    /**
     * Makes the protocol of one run.
     *
     * @param config the numbers
     * @param rules the rules
     * @param replica the objects
     * @param disk where they are saved; empty if they live as long as the process
     * @param random chance
     */
    CrdtNode(CrdtConfig config, CrdtRules rules, Replica replica, Optional<SpaceDisk> disk, RandomGenerator random) {
        this.config = config;
        this.rules = rules;
        this.replica = replica;
        this.disk = disk;
        this.random = random;
        this.run = random.nextLong() | 1;
        this.history = new History(config.bufferBytes().bytes());
        this.assembly = new Assembly(4 * config.maxBytes().bytes());
    }

    /** Reads what the disk kept into the replica. */
    static void restore(Optional<SpaceDisk> disk, DurableCells cells, Replica replica) {
        disk.flatMap(found -> found.read(cells)).ifPresent(kept -> replica.restore(kept.actor(), kept.objects()));
    }

    @Override
    public void onStart(long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        out.wakeAt(nowNanos + random.nextLong(config.gossipInterval().toNanos()) + 1, CrdtTimer.TICK);
    }

    @Override
    public void onTimer(CrdtTimer timer, long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        out.wakeAt(nowNanos + config.gossipInterval().toNanos(), CrdtTimer.TICK);
        if (++ticks % COMPARE_INTERVALS == 0) {
            chosen(1).forEach(peer -> peer.acknowledged = PeerState.UNKNOWN);
        }
        save(nowNanos, out);
        round(nowNanos, out);
    }

    @Override
    public void onRequest(CrdtRequest request, long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        if (request instanceof CrdtRequest.Peers seen) {
            List<Address> present = List.copyOf(seen.reading().get());
            peers.keySet().retainAll(present);
            present.forEach(address -> peers.computeIfAbsent(address, PeerState::new));
            assembly.retain(present);
            hasCompany = peers.values().stream().anyMatch(peer -> peer.run != 0);
        } else if (request instanceof CrdtRequest.Saved) {
            onSaved(nowNanos, out);
        } else if (request instanceof CrdtRequest.Save) {
            save(nowNanos, out);
        } else if (request instanceof CrdtRequest.Await await) {
            waiters.put(await.ticket(), await);
            tellWaiters(out);
        } else if (request instanceof CrdtRequest.Forget forget) {
            waiters.remove(forget.ticket());
        }
    }

    /** Ends the interval and saves what is not saved. */
    private void save(long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        history.add(replica.close(), saved);
        if (disk.isEmpty()) {
            saved = history.latest();
            tellWaiters(out);
        } else if (history.latest() > saved && mayTry(nowNanos)) {
            saving = history.latest();
            disk.get().save(replica.actor(), history.between(saved, saving, Optional.empty()), replica, out::persist);
            out.publish(new CrdtEvent.Saved(saving));
        }
        trim();
    }

    /** After a save that failed, which is one that was not confirmed by the next turn, the disk is left alone for a while: 100 ms to 5 s as a rule, twice as long each time. */
    private boolean mayTry(long nowNanos) {
        if (saving != 0) {
            saving = 0;
            long pause = config.gossipInterval().toNanos() << Math.min(failures++, 10);
            retryNanos = nowNanos + Math.min(pause, MAX_PAUSE.toNanos());
        }
        return failures == 0 || nowNanos - retryNanos >= 0;
    }

    /**
     * The last turn's cells are on disk. To be called between that turn and the next, so that a later one knows whether it must save again; the request of the same name then lets the protocol act on it.
     *
     * @param save the number that {@link CrdtEvent.Saved} told
     */
    void confirm(long save) {
        if (save == saving) {
            disk.ifPresent(SpaceDisk::saved);
            saved = saving;
            saving = 0;
            failures = 0;
        }
    }

    /** Saves what no turn has saved. To be called when the last turn has ended. */
    void saveLast(DurableCells cells) {
        history.add(replica.close(), saved);
        if (disk.isEmpty()) {
            saved = history.latest();
        } else if (history.latest() > saved) {
            saving = history.latest();
            disk.get().save(replica.actor(), history.between(saved, saving, Optional.empty()), replica, cells::write);
            confirm(saving);
        }
    }

    private void onSaved(long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        tellWaiters(out);
        round(nowNanos, out);
        trim();
    }

    private void trim() {
        long all = peers.values().stream()
                .mapToLong(peer -> peer.acknowledged)
                .min()
                .orElse(saved);
        history.trim(saved, all);
    }

    private void tellWaiters(Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        waiters.entrySet().removeIf(each -> {
            boolean reached = isReached(each.getValue());
            if (reached) {
                out.publish(new CrdtEvent.Reached(each.getKey()));
            }
            return reached;
        });
    }

    /** Whether what is waited for is saved, and acknowledged by as many others. By the protocol's thread, or when it has ended. */
    boolean isReached(CrdtRequest.Await await) {
        return saved >= await.number()
                && peers.values().stream()
                                .filter(peer -> peer.acknowledged >= await.number())
                                .count()
                        >= await.copies();
    }

    private long sendable() {
        return rules.sendable(saved, history.latest());
    }

    private List<PeerState> chosen(int most) {
        List<PeerState> all = new ArrayList<>(peers.values());
        int count = Math.min(most, all.size());
        for (int i = 0; i < count; i++) {
            Collections.swap(all, i, i + random.nextInt(all.size() - i));
        }
        return all.subList(0, count);
    }

    private void round(long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        chosen(config.fanout()).forEach(peer -> push(peer, nowNanos, out));
    }

    private void push(PeerState peer, long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        if (peer.transfer == null) {
            long before = peer.acknowledged;
            peer.transfer = next(peer).orElse(null);
            if (peer.acknowledged != before) {
                tellWaiters(out); // all that is new came from the peer itself
            }
        }
        Transfer transfer = peer.transfer;
        if (transfer != null && transfer.after <= sendable()) {
            long resend = RESEND_INTERVALS * config.gossipInterval().toNanos();
            transfer.send(
                    nowNanos,
                    resend,
                    (number, content) ->
                            out.send(peer.address, new Part(run, transfer.target, transfer.id, number, content)));
        }
    }

    private Optional<Transfer> next(PeerState peer) {
        if (peer.acknowledged == PeerState.UNKNOWN || !rules.reachesBack(peer.acknowledged, history.first())) {
            List<Digest> digests = replica.ids().stream()
                    .map(id -> new Digest(id, replica.digest(id)))
                    .toList();
            return Optional.of(transfer(0, history.latest(), 0, Transfer.pack(digests, maxMessage())));
        }
        long upTo = sendable();
        if (peer.acknowledged >= upTo) {
            return Optional.empty();
        }
        List<byte[]> deltas = new ArrayList<>();
        history.between(peer.acknowledged, upTo, Optional.of(peer.address))
                .forEach((id, kernel) -> deltas.add(DeltaCodec.encode(id, kernel.copy())));
        if (deltas.isEmpty()) {
            peer.acknowledged = upTo;
            return Optional.empty();
        }
        return Optional.of(transfer(peer.run, upTo, 0, Transfer.pack(deltas, maxMessage())));
    }

    private int maxMessage() {
        return (int) config.maxMessageBytes().bytes();
    }

    private Transfer transfer(long target, long upTo, long after, List<Content> parts) {
        return new Transfer(++transfers, target, upTo, after, parts);
    }

    @Override
    public void onMessage(
            Address from, CrdtMessage message, long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        PeerState peer = peers.get(from);
        if (peer != null) {
            if (rules.isAnew(peer.run, message.run())) {
                peer.anew(message.run());
                assembly.forget(from);
            }
            peer.run = message.run();
            hasCompany = true;
        }
        if (message instanceof Part part) {
            onPart(from, part, out);
        } else if (message instanceof Ack ack && peer != null) {
            onAck(peer, ack, nowNanos, out);
        }
    }

    private void onPart(Address from, Part part, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        if (part.target() != 0 && !rules.isForMe(part.target(), run)) {
            out.send(from, new Ack(run, part.transfer(), List.of(), List.of()));
            return;
        }
        try {
            take(from, part, out);
        } catch (ProtocolException broken) {
            // not acknowledged, so that the sender's operator sees that it does not get through
        }
    }

    private void take(Address from, Part part, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        Content content = part.content();
        if (content instanceof Digests digests) {
            List<ObjectId> wanted = digests.digests().stream()
                    .filter(digest -> replica.digest(digest.id()) != digest.value())
                    .map(Digest::id)
                    .toList();
            out.send(from, new Ack(run, part.transfer(), List.of(part.number()), wanted));
        } else if (content instanceof Objects objects) {
            merge(from, objects.objects(), out);
            out.send(from, new Ack(run, part.transfer(), List.of(part.number()), List.of()));
        } else if (content instanceof Piece piece
                && peers.containsKey(from)) { // who is not known is not kept anything for
            assembly.add(from, part, piece).ifPresent(whole -> {
                merge(from, List.of(whole), out);
                List<Integer> all = IntStream.range(piece.first(), piece.first() + piece.count())
                        .boxed()
                        .toList();
                out.send(from, new Ack(run, part.transfer(), all, List.of()));
            });
        }
    }

    private void merge(Address from, List<byte[]> objects, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        boolean changed = false;
        for (byte[] bytes : objects) {
            DeltaCodec.Named named = DeltaCodec.decode(bytes);
            changed |= replica.merge(named.id(), named.delta(), from);
        }
        if (changed) {
            out.publish(new CrdtEvent.Merged());
        }
        if (replica.rollbacks() > rollbacks) {
            rollbacks = replica.rollbacks();
            out.publish(new CrdtEvent.WentBack());
        }
    }

    private void onAck(PeerState peer, Ack ack, long nowNanos, Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out) {
        Transfer transfer = peer.transfer;
        if (transfer == null || transfer.id != ack.transfer()) {
            return;
        }
        transfer.acknowledge(ack);
        if (!rules.isWhole(transfer.acknowledged(), transfer.parts())) {
            return;
        }
        peer.transfer = states(transfer).orElse(null);
        if (peer.transfer == null) {
            peer.acknowledged = Math.max(peer.acknowledged, transfer.upTo);
            tellWaiters(out);
        }
        push(peer, nowNanos, out);
    }

    /** After digests: the states of those objects that the peer has otherwise. */
    private Optional<Transfer> states(Transfer digests) {
        List<byte[]> states = new ArrayList<>();
        long after = 0;
        for (ObjectId id : digests.wanted()) {
            Optional<Replica.Image> image = replica.image(id);
            if (image.isPresent()) {
                states.add(image.get().bytes());
                after = Math.max(after, image.get().number());
            }
        }
        return states.isEmpty()
                ? Optional.empty()
                : Optional.of(transfer(0, digests.upTo, after, Transfer.pack(states, maxMessage())));
    }

    Replica replica() {
        return replica;
    }

    /** Whether one of those who are there has such a space too, and has said so. */
    boolean hasCompany() {
        return hasCompany;
    }

    /** The last interval that is on disk. */
    long saved() {
        return saved;
    }

    /** How much is kept for peers. */
    long historyBytes() {
        return history.bytes();
    }
}
