package io.holdfast.replication.saga;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.UnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A saga that this node runs: its machine, its file, what happened and is not decided yet, and what is under way. One append at a time: what happens meanwhile waits. Belongs to the loop.
 */
final class LiveSaga {
    /** Something that happened. */
    @FunctionalInterface
    interface Event {
        /** Throws to refuse, having changed nothing. */
        void apply(SagaMachine machine, long nowMillis);
    }

    private record Waiting(Event event, @Nullable CompletableFuture<SagaView> heard) {}

    private static final int BYTES_A_TURN = 128 << 10;
    private static final int MAX_WAITING = 1000;

    private final SagaShard shard;
    private final SagaMachine machine;
    private final SagaFile file;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Map<String, StepDesk.Ticket> tickets = new HashMap<>();
    private List<CompletableFuture<SagaView>> acknowledged = new ArrayList<>();
    private final List<CompletableFuture<SagaView>> untilEnd = new ArrayList<>();
    private SagaView.@Nullable Status seen;
    private boolean appending;
    private boolean gone;
    private boolean advances = true;
    private long committedAt;
    private long due = Long.MAX_VALUE;

    LiveSaga(SagaShard shard, SagaMachine machine, SagaFile file) {
        this.shard = shard;
        this.machine = machine;
        this.file = file;
    }

    String id() {
        return machine.state().id();
    }

    SagaState state() {
        return machine.state();
    }

    SagaFile file() {
        return file;
    }

    /** What the shard's clock knows of it. */
    long due() {
        return due;
    }

    void dueAt(long millis) {
        due = millis;
    }

    /** Of a history that was read. */
    void committedAt(long millis) {
        committedAt = millis;
        see();
    }

    private void see() {
        SagaView.Status now = SagaView.status(state());
        if (now != seen) {
            shard.side().meters().moved(seen, now);
            seen = now;
        }
    }

    SagaView view() {
        return SagaView.of(machine.state(), machine.state().ended().isPresent() ? committedAt : 0);
    }

    boolean isBusy() {
        return appending || !tickets.isEmpty();
    }

    /** Completes when it has ended. */
    CompletableFuture<SagaView> untilEnd() {
        CompletableFuture<SagaView> heard = new CompletableFuture<>();
        if (state().ended().isPresent() && !appending) {
            heard.complete(view());
            return heard;
        }
        untilEnd.removeIf(CompletableFuture::isDone);
        if (untilEnd.size() >= MAX_WAITING) {
            throw Refusals.tooMuchWaits(id());
        }
        untilEnd.add(heard);
        return heard;
    }

    /** Something happened; the future completes when it is committed. */
    CompletableFuture<SagaView> tell(Event event) {
        if (waiting.size() >= MAX_WAITING) {
            throw Refusals.tooMuchWaits(id());
        }
        CompletableFuture<SagaView> heard = new CompletableFuture<>();
        waiting.add(new Waiting(event, heard));
        turn();
        return heard;
    }

    void happened(Event event) {
        waiting.add(new Waiting(event, null));
        turn();
    }

    /** Decides what to do about what happened, and commits it. */
    void turn() {
        if (appending || gone || shard.isClosed()) {
            return;
        }
        long now = shard.now();
        List<SagaRecord> records = new ArrayList<>();
        int bytes = 0;
        while (!waiting.isEmpty() && bytes < BYTES_A_TURN) {
            hear(waiting.remove(), now);
            for (SagaRecord record : machine.take()) {
                records.add(record);
                bytes += weight(record);
            }
        }
        if (advances) {
            machine.advance(now);
            records.addAll(machine.take());
        }
        if (records.isEmpty()) {
            acknowledge();
            shard.wakeAt(this, advances ? machine.nextDue() : Long.MAX_VALUE);
        } else {
            commit(records, now);
        }
    }

    private void hear(Waiting next, long now) {
        try {
            next.event().apply(machine, now);
            if (next.heard() != null) {
                acknowledged.add(next.heard());
            }
        } catch (HoldfastException refused) {
            if (next.heard() == null) {
                throw refused;
            }
            next.heard().completeExceptionally(refused);
        }
    }

    private static int weight(SagaRecord record) {
        if (record instanceof SagaRecord.Succeeded done) {
            return done.result().length + 64;
        } else if (record instanceof SagaRecord.Signalled signal) {
            return signal.payload().length + 64;
        }
        return record instanceof SagaRecord.ChildStarted child ? child.input().length + 64 : 64;
    }

    private void commit(List<SagaRecord> records, long now) {
        appending = true;
        if (!state().rules().intentFirst()) {
            release(records);
        }
        SagaEntry entry = new SagaEntry(now, shard.epoch(), shard.node(), records);
        boolean last = state().ended().isPresent() && SagaIds.parent(id()).isEmpty();
        SagaFile.Write write = last ? file.last(entry, shard.keysOfDescendants(id())) : file.next(entry);
        shard.log().append(write, offset -> {
            appending = false;
            if (gone) { // its root was given up meanwhile
                return;
            }
            file.committed(offset);
            committedAt(now);
            records.forEach(record -> Notes.note(shard.side(), state(), record, now));
            acknowledge();
            if (state().rules().intentFirst()) {
                release(records);
            }
            turn();
            shard.settled();
        });
    }

    private void acknowledge() {
        List<CompletableFuture<SagaView>> told = acknowledged;
        acknowledged = new ArrayList<>();
        if (!told.isEmpty()) {
            SagaView view = view();
            told.forEach(heard -> heard.complete(view));
        }
    }

    /** Does what records call for, which are committed. */
    private void release(List<SagaRecord> records) {
        for (SagaRecord record : records) {
            if (record instanceof SagaRecord.Attempted attempted) {
                attempt(attempted);
            } else if (record instanceof SagaRecord.ChildStarted child) {
                shard.startChild(this, child.step());
            } else if (record instanceof SagaRecord.Turned) {
                tickets.values().stream()
                        .filter(ticket -> ticket.invocation().direction() == Direction.DO)
                        .toList()
                        .forEach(StepDesk.Ticket::interrupt);
            } else if (record instanceof SagaRecord.Ended) {
                ended();
            }
        }
    }

    private void ended() {
        tickets.values().forEach(StepDesk.Ticket::abandon);
        tickets.clear();
        SagaView view = view();
        untilEnd.forEach(heard -> heard.complete(view));
        untilEnd.clear();
        shard.ended(this);
    }

    private void attempt(SagaRecord.Attempted attempted) {
        StepState step = state().find(attempted.step()).orElseThrow();
        if (step.leaf instanceof PlanNode.Child && attempted.direction() == Direction.UNDO) {
            shard.undoChild(this, attempted);
            return;
        }
        String ticket = attempted.direction() + "/" + attempted.step();
        Invocation invocation = Invocations.of(machine.state(), step, attempted, shard.epoch());
        StepDesk.Ticket begun = shard.desk().call(invocation, (result, error) -> {
            tickets.remove(ticket);
            if (result != null) {
                happened((on, now) ->
                        on.succeeded(attempted.step(), attempted.direction(), attempted.attempt(), result, now));
            } else {
                SagaMachine.Failed failed = Outcomes.of(error);
                happened((on, now) ->
                        on.failed(attempted.step(), attempted.direction(), attempted.attempt(), failed, now));
            }
            shard.settled();
        });
        tickets.put(ticket, begun);
    }

    /** Begins nothing new; what is under way is committed when it ends. */
    void drain() {
        advances = false;
    }

    /** The shard is lost, or the saga's root was given up: nothing more can be said for sure of what was being written. */
    void abandon() {
        gone = true;
        tickets.values().forEach(StepDesk.Ticket::abandon);
        tickets.clear();
        acknowledged.forEach(heard -> heard.completeExceptionally(Refusals.moved()));
        shard.side().meters().moved(seen, null);
        seen = null;
        Throwable moved = new UnavailableException("saga " + id() + " moved to another node; ask there");
        waiting.forEach(each -> {
            if (each.heard() != null) {
                each.heard().completeExceptionally(moved);
            }
        });
        untilEnd.forEach(heard -> heard.completeExceptionally(moved));
        waiting.clear();
        untilEnd.clear();
        acknowledged.clear();
    }
}
