package io.holdfast.testkit.sim;

import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.JournalSettings;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A {@link SimJournal} as one life of a node sees it. */
final class SimJournalView implements ReplicatedJournal {
    private final SimJournal journal;
    private final SimCalls<SimRecords> calls;

    SimJournalView(SimJournal journal, SimCalls<SimRecords> calls) {
        this.journal = journal;
        this.calls = calls;
    }

    @Override
    public GroupId group() {
        return journal.model().id();
    }

    private <R> CompletionStage<R> submit(SimReplicated.Step<SimRecords, R> step, Deadline deadline) {
        return calls.submit(journal.timed(step), deadline);
    }

    @Override
    public CompletionStage<Appended> append(List<Entry> entries, List<Condition> conditions, Deadline deadline) {
        JournalRules.checkAppend(entries, conditions);
        List<Entry> added = List.copyOf(entries);
        List<Condition> held = List.copyOf(conditions);
        return submit(
                (state, now) -> {
                    Appended appended = state.append(added, held, now);
                    journal.ageLater(state);
                    return appended;
                },
                deadline);
    }

    @Override
    public CompletionStage<Page> read(
            long from, int maxRecords, int maxBytes, ReadConsistency consistency, Deadline deadline) {
        JournalRules.checkRead(from, maxRecords, maxBytes);
        return calls.read(state -> state.read(from, maxRecords, maxBytes), consistency, deadline);
    }

    @Override
    public CompletionStage<Page> readKey(
            String key, long before, int maxRecords, int maxBytes, ReadConsistency consistency, Deadline deadline) {
        JournalRules.checkReadKey(key, before, maxRecords, maxBytes);
        return calls.read(state -> state.readKey(key, before, maxRecords, maxBytes), consistency, deadline);
    }

    @Override
    public CompletionStage<Long> awaitBeyond(long end, Deadline deadline) {
        Check.that(end >= 0, "end (%d) must not be negative", end);
        SimWait wait = new SimWait(journal.model(), calls, end, deadline);
        CompletionStage<Long> stage = wait.stage();
        journal.await(wait);
        return stage;
    }

    @Override
    public CompletionStage<Status> status(ReadConsistency consistency, Deadline deadline) {
        return calls.read(SimRecords::status, consistency, deadline);
    }

    @Override
    public CompletionStage<Long> trim(long before, Deadline deadline) {
        Check.that(before >= 0, "before (%d) must not be negative", before);
        return submit((state, now) -> state.trim(before), deadline);
    }

    @Override
    public CompletionStage<Void> configure(JournalSettings settings, Deadline deadline) {
        return submit(
                        (state, now) -> {
                            state.configure(settings);
                            journal.ageLater(state);
                            return settings;
                        },
                        deadline)
                .thenAccept(done -> {});
    }

    @Override
    public CompletionStage<Optional<Position>> claim(String consumer, String owner, Deadline deadline) {
        JournalRules.checkName("consumer", consumer);
        JournalRules.checkName("owner", owner);
        return submit((state, now) -> state.claim(consumer, owner), deadline);
    }

    @Override
    public CompletionStage<Boolean> commit(String consumer, long epoch, long next, Deadline deadline) {
        JournalRules.checkName("consumer", consumer);
        Check.that(epoch > 0 && next >= 0, "epoch (%d) must be at least 1, next (%d) at least 0", epoch, next);
        return submit((state, now) -> state.commit(consumer, epoch, next), deadline);
    }

    @Override
    public CompletionStage<Boolean> release(String consumer, long epoch, Deadline deadline) {
        JournalRules.checkName("consumer", consumer);
        Check.that(epoch > 0, "epoch (%d) must be at least 1", epoch);
        return submit((state, now) -> state.release(consumer, epoch), deadline);
    }

    @Override
    public CompletionStage<List<Position>> consumers(ReadConsistency consistency, Deadline deadline) {
        return calls.read(SimRecords::consumers, consistency, deadline);
    }

    @Override
    public CompletionStage<Boolean> forget(String consumer, Deadline deadline) {
        JournalRules.checkName("consumer", consumer);
        return submit((state, now) -> state.forget(consumer), deadline);
    }
}
