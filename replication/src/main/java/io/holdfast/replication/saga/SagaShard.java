package io.holdfast.replication.saga;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The sagas of one shard under one epoch. Belongs to the loop. */
final class SagaShard {
    private static final Duration SWEEP = Duration.ofSeconds(10);
    private static final int SWEPT_AT_ONCE = 90;

    /** Where a tenure stands. */
    enum Phase {
        OPENING,
        SERVING,
        DRAINING,
        CLOSED
    }

    private final int shard;
    private final long epoch;
    private final SagaSide side;
    private final ReplicatedJournal journal;
    private final ShardLog log;
    private final JournalScan scan;
    private final DueQueue due;
    private final TreeMap<String, LiveSaga> live = new TreeMap<>();
    private final LinkedHashMap<String, EndedSaga> ended = new LinkedHashMap<>(); // the oldest first
    private final Strangers strangers = new Strangers(this);
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final long beganNanos;
    private Phase phase = Phase.OPENING;
    private boolean sweeping;
    private int roots;
    private @Nullable Registration sweeper;

    SagaShard(int shard, long epoch, SagaSide side, ReplicatedJournal journal, JournalScan scan) {
        this.shard = shard;
        this.epoch = epoch;
        this.side = side;
        this.scan = scan;
        this.journal = journal;
        this.beganNanos = side.loop().nanoTime();
        this.due = new DueQueue(side.loop());
        this.log = new ShardLog(
                shard, epoch, side.loop(), journal, side.config().commit(), side.rules(), side.meters(), this::stop);
    }

    /** Fences whoever had the shard before, reads what is there, and goes on with it. */
    void open() {
        if (side.rules().readsBehindFence()) {
            log.raise(revision -> scan.read(shard, revision, this::load));
        } else {
            scan.read(shard, 0, chunks -> log.raise(revision -> load(chunks)));
        }
    }

    private void load(Map<String, Map<Integer, JournalScan.Chunk>> chunks) {
        if (phase == Phase.CLOSED) {
            return;
        }
        ShardLoad loaded = new ShardLoad(this, side);
        new TreeMap<>(chunks).forEach(loaded::read);
        loaded.ended().forEach(each -> ended.put(each.id(), each));
        loaded.strangers().forEach(strangers::add);
        loaded.live().forEach(saga -> live.put(saga.id(), saga));
        roots = (int) live.keySet().stream().filter(SagaIds::isRoot).count();
        if (phase == Phase.OPENING) {
            phase = Phase.SERVING;
            sweepLater();
            dropOrphans();
            List.copyOf(live.values()).forEach(saga -> saga.happened(SagaMachine::resume));
            List.copyOf(live.values()).forEach(this::attachChildren);
        }
        side.meters().resumed(side.loop().nanoTime() - beganNanos);
        checkDrained();
    }

    /** A root that was given up may have had more children than one append could forget. */
    private void dropOrphans() {
        for (LiveSaga saga : List.copyOf(live.values())) {
            String root = SagaIds.root(saga.id());
            if (!live.containsKey(root) && !strangers.has(root)) {
                forgetLive(saga);
                String key = saga.file().keys().get(saga.file().keys().size() - 1);
                log.forget(Map.of(key, saga.file().offset()), () -> {});
            }
        }
    }

    private void attachChildren(LiveSaga saga) {
        for (StepState step : saga.state().steps()) {
            if (step.childInput != null
                    && step.doing.is(Track.Phase.OPEN)
                    && !saga.state().isTurned()) {
                startChild(saga, step.name());
            }
        }
    }

    boolean isClosed() {
        return phase == Phase.CLOSED;
    }

    boolean isServing() {
        return phase == Phase.SERVING;
    }

    int shard() {
        return shard;
    }

    long epoch() {
        return epoch;
    }

    String node() {
        return side.node();
    }

    long now() {
        return side.loop().wallMillis();
    }

    ShardLog log() {
        return log;
    }

    ReplicatedJournal journal() {
        return journal;
    }

    StepDesk desk() {
        return side.desk();
    }

    SagaSide side() {
        return side;
    }

    TreeMap<String, LiveSaga> live() {
        return live;
    }

    /** How many sagas are under way, without children. */
    int roots() {
        return roots;
    }

    Map<String, EndedSaga> ended() {
        return ended;
    }

    Strangers strangers() {
        return strangers;
    }

    Optional<SagaView> find(String id) {
        LiveSaga saga = live.get(id);
        EndedSaga over = ended.get(id);
        return saga != null ? Optional.of(saga.view()) : over != null ? Optional.of(over.view()) : strangers.find(id);
    }

    void wakeAt(LiveSaga saga, long millis) {
        if (live.get(saga.id()) == saga) {
            due.put(saga, millis);
        }
    }

    /** Where the whole history of a root that ends is replaced: the keys of its descendants. */
    List<String> keysOfDescendants(String root) {
        List<String> keys = new ArrayList<>();
        descendants(root).values().forEach(saga -> keys.addAll(saga.file().keys()));
        keys.addAll(strangers.keysBelow(root));
        return keys;
    }

    private Map<String, LiveSaga> descendants(String id) {
        return live.subMap(id + "/", id + "0"); // '0' follows '/'
    }

    LiveSaga begin(String id, SagaPlan plan) {
        LiveSaga saga =
                new LiveSaga(this, new SagaMachine(new SagaState(id, plan, side.rules())), new SagaFile(shard, id));
        live.put(id, saga);
        roots += SagaIds.isRoot(id) ? 1 : 0;
        return saga;
    }

    /** Starts the child of a step, or finds it. */
    void startChild(LiveSaga parent, String name) {
        StepState step = parent.state().find(name).orElseThrow();
        PlanNode.Child leaf = (PlanNode.Child) step.leaf;
        String id = SagaIds.child(parent.id(), name);
        LiveSaga there = live.get(id);
        if (there != null) {
            if (!there.isBusy()) {
                tellParent(there);
            }
            return;
        }
        Optional<SagaPlan> plan = side.definitions().find(leaf.definition(), leaf.version());
        byte[] input = step.childInput;
        if (plan.isEmpty() || id.length() > SagaIds.MAX_CHILD_ID || input == null) {
            String why = plan.isEmpty()
                    ? "its definition is not registered on this node; register it on all nodes that may own shards"
                    : "its id is too long; nest child sagas less deep";
            SagaView view = SagaView.stranger(id, leaf.definition(), leaf.version(), now(), why);
            strangers.add(new Strangers.Stranger(view, Optional.empty(), Optional.empty()));
            return;
        }
        String trace = parent.state().started().map(SagaRecord.Started::trace).orElse("");
        begin(id, plan.get()).happened((machine, now) -> machine.start(input, trace, now));
    }

    /** Takes back what a child did, or may be doing. */
    void undoChild(LiveSaga parent, SagaRecord.Attempted attempted) {
        String id = SagaIds.child(parent.id(), attempted.step());
        LiveSaga child = live.get(id);
        if (child != null) {
            child.happened((machine, now) -> {
                boolean over = machine.state()
                        .ended()
                        .filter(end -> end.outcome() != SagaRecord.Outcome.COMPLETED)
                        .isPresent();
                if (over) {
                    tellParent(child);
                } else if (!machine.state().isTurned()) {
                    machine.turn(SagaRecord.Cause.PARENT, "saga " + parent.id() + " turned back", now);
                }
            });
        } else if (!strangers.has(id)) {
            parent.happened((machine, now) ->
                    machine.succeeded(attempted.step(), Direction.UNDO, attempted.attempt(), NoResult.BYTES, now));
        }
    }

    private void tellParent(LiveSaga child) {
        child.state()
                .ended()
                .ifPresent(end -> SagaIds.parent(child.id())
                        .map(live::get)
                        .ifPresent(parent -> parent.happened(
                                (machine, now) -> machine.childEnded(SagaIds.step(child.id()), end, now))));
    }

    /** The end of a saga is committed. */
    void ended(LiveSaga saga) {
        if (SagaIds.parent(saga.id()).isPresent()) {
            tellParent(saga);
            return;
        }
        forgetLive(saga);
        saga.state().ended().ifPresent(end -> remember(saga.id(), end, saga.file()));
    }

    /** A root has ended, and its children with it. */
    void remember(String id, SagaRecord.Ended end, SagaFile file) {
        List.copyOf(descendants(id).values()).forEach(child -> {
            forgetLive(child);
            child.abandon();
        });
        strangers.forgetBelow(id);
        ended.put(id, new EndedSaga(id, end, now(), file.keys().get(0), file.offset()));
    }

    private void forgetLive(LiveSaga saga) {
        due.put(saga, Long.MAX_VALUE);
        if (live.remove(saga.id(), saga) && SagaIds.isRoot(saga.id())) {
            roots--;
        }
    }

    /** Something of a saga has come to rest. */
    void settled() {
        checkDrained();
    }

    private void sweepLater() {
        sweeper = side.loop().schedule(SWEEP, this::sweep);
    }

    /** Forgets sagas that ended long ago. */
    private void sweep() {
        if (phase == Phase.CLOSED || sweeping) {
            return;
        }
        long before = now() - side.config().retention().toMillis();
        Map<String, Long> old = new LinkedHashMap<>();
        List<String> ids = new ArrayList<>();
        Iterator<EndedSaga> all = ended.values().iterator();
        while (all.hasNext() && old.size() < SWEPT_AT_ONCE) {
            EndedSaga each = all.next();
            if (each.endedMillis() > before) {
                break;
            }
            old.put(each.key(), each.offset());
            ids.add(each.id());
        }
        if (old.isEmpty()) {
            sweepLater();
            return;
        }
        sweeping = true;
        log.forget(old, () -> {
            sweeping = false;
            ids.forEach(ended::remove);
            sweep();
        });
    }

    /** Begins nothing new; completes when what is under way has ended and is committed. */
    CompletableFuture<Void> drain() {
        if (phase == Phase.OPENING || phase == Phase.SERVING) {
            phase = Phase.DRAINING;
            live.values().forEach(LiveSaga::drain);
            checkDrained();
        }
        return drained;
    }

    private void checkDrained() {
        if (phase == Phase.DRAINING && live.values().stream().noneMatch(LiveSaga::isBusy)) {
            stop();
        }
    }

    /** Interrupts what is under way and lets everything go. */
    void stop() {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        log.close();
        due.close();
        if (sweeper != null) {
            sweeper.close();
        }
        live.values().forEach(LiveSaga::abandon);
        strangers.clear();
        drained.complete(null);
    }

    /** Why it takes no requests now, or null. */
    @Nullable HoldfastException refusal() {
        return phase == Phase.SERVING ? null : Refusals.notServing(shard, phase);
    }
}
