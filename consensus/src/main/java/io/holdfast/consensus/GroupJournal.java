package io.holdfast.consensus;

import io.holdfast.consensus.primitive.JournalAppend;
import io.holdfast.consensus.primitive.JournalConsumer;
import io.holdfast.consensus.primitive.JournalPage;
import io.holdfast.consensus.primitive.JournalRecord;
import io.holdfast.consensus.primitive.JournalStatus;
import io.holdfast.consensus.primitive.JournalType;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.JournalSettings;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A journal in a group. Besides what {@link ReplicatedJournal} tells, calls fail with {@link io.holdfast.consensus.session.RefusedException} at a limit of the group, which is not worth a retry. Results
 * are completed as those of {@link io.holdfast.consensus.session.GroupSession}: what depends on them must not block. Safe for use by many threads.
 */
final class GroupJournal implements ReplicatedJournal {
    private final Resource resource;

    GroupJournal(Resource resource) {
        this.resource = resource;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public GroupId group() {
        return resource.session().group();
    }

    private CompletionStage<Answer> ask(byte[] question, ReadConsistency consistency, Deadline deadline) {
        return resource.session().ask(resource.type(), resource.name(), question, consistency, deadline);
    }

    private CompletionStage<ByteReader> submit(byte[] operation, Deadline deadline) {
        return resource.submit(operation, deadline).thenApply(answer -> new ByteReader(answer.payload()));
    }

    @Override
    public CompletionStage<Appended> append(List<Entry> entries, List<Condition> conditions, Deadline deadline) {
        JournalRules.checkAppend(entries, conditions);
        int count = entries.size();
        JournalAppend append = new JournalAppend(
                conditions.stream().map(GroupJournal::condition).toList(),
                entries.stream()
                        .map(each -> new JournalAppend.Entry(bytes(each.key()), each.value()))
                        .toList());
        return resource.submit(JournalType.append(append), deadline).thenApply(answer -> {
            JournalAppend.Result result = JournalAppend.Result.decode(answer.payload());
            Outcome outcome = Outcome.values()[result.outcome()];
            int appended = outcome == Outcome.APPENDED ? count : 0;
            return new Appended(outcome, result.first(), appended, result.found(), answer.revision());
        });
    }

    private static JournalAppend.Condition condition(Condition condition) {
        return condition instanceof Condition.Fence fence
                ? new JournalAppend.Condition(JournalAppend.Condition.FENCE, bytes(fence.name()), fence.epoch())
                : lastOfKey((Condition.LastOfKey) condition);
    }

    private static JournalAppend.Condition lastOfKey(Condition.LastOfKey last) {
        return new JournalAppend.Condition(JournalAppend.Condition.LAST_OF_KEY, bytes(last.key()), last.offset());
    }

    @Override
    public CompletionStage<Page> read(
            long from, int maxRecords, int maxBytes, ReadConsistency consistency, Deadline deadline) {
        JournalRules.checkRead(from, maxRecords, maxBytes);
        return ask(JournalType.read(from, maxRecords, maxBytes), consistency, deadline)
                .thenApply(GroupJournal::page);
    }

    @Override
    public CompletionStage<Page> readKey(
            String key, long before, int maxRecords, int maxBytes, ReadConsistency consistency, Deadline deadline) {
        JournalRules.checkReadKey(key, before, maxRecords, maxBytes);
        return ask(JournalType.readKey(bytes(key), before, maxRecords, maxBytes), consistency, deadline)
                .thenApply(GroupJournal::page);
    }

    private static Page page(Answer answer) {
        JournalPage page = JournalPage.decode(answer.payload());
        List<Recorded> records = page.records().stream()
                .map(row -> recorded(row.offset(), row.record()))
                .toList();
        return new Page(records, page.next(), page.oldest(), page.end(), answer.revision());
    }

    private static Recorded recorded(long offset, JournalRecord record) {
        return new Recorded(
                offset, record.timeNanos(), new String(record.key(), StandardCharsets.UTF_8), record.value());
    }

    @Override
    public CompletionStage<Long> awaitBeyond(long end, Deadline deadline) {
        Check.that(end >= 0, "end (%d) must not be negative", end);
        CompletableFuture<Optional<Long>> news =
                resource.until(JournalType.status(), 0, KeyRange.ALL, deadline, payload -> {
                    long now = JournalStatus.decode(payload).end();
                    return now > end ? Optional.of(now) : Optional.empty();
                });
        CompletableFuture<Long> told = news.thenApply(found -> found.orElse(end));
        told.whenComplete((value, error) -> news.cancel(false));
        return told;
    }

    @Override
    public CompletionStage<Status> status(ReadConsistency consistency, Deadline deadline) {
        return ask(JournalType.status(), consistency, deadline).thenApply(answer -> {
            JournalStatus status = JournalStatus.decode(answer.payload());
            return new Status(status.oldest(), status.end(), status.records(), status.bytes(), status.settings());
        });
    }

    @Override
    public CompletionStage<Long> trim(long before, Deadline deadline) {
        Check.that(before >= 0, "before (%d) must not be negative", before);
        return submit(JournalType.trim(before), deadline).thenApply(ByteReader::varlong);
    }

    @Override
    public CompletionStage<Void> configure(JournalSettings settings, Deadline deadline) {
        return submit(JournalType.configure(settings), deadline).thenAccept(answer -> {});
    }

    @Override
    public CompletionStage<Optional<Position>> claim(String consumer, String owner, Deadline deadline) {
        JournalRules.checkName("consumer", consumer);
        JournalRules.checkName("owner", owner);
        return resource.submit(JournalType.claim(bytes(consumer), bytes(owner)), deadline)
                .thenApply(answer -> answer.payload().length == 0
                        ? Optional.empty()
                        : Optional.of(position(consumer, JournalConsumer.decode(answer.payload()))));
    }

    private static Position position(String consumer, JournalConsumer found) {
        return new Position(consumer, found.ownerName(), found.epoch(), found.next());
    }

    @Override
    public CompletionStage<Boolean> commit(String consumer, long epoch, long next, Deadline deadline) {
        JournalRules.checkName("consumer", consumer);
        Check.that(epoch > 0 && next >= 0, "epoch (%d) must be at least 1, next (%d) at least 0", epoch, next);
        return submit(JournalType.commit(bytes(consumer), epoch, next), deadline)
                .thenApply(ByteReader::bool);
    }

    @Override
    public CompletionStage<Boolean> release(String consumer, long epoch, Deadline deadline) {
        JournalRules.checkName("consumer", consumer);
        Check.that(epoch > 0, "epoch (%d) must be at least 1", epoch);
        return submit(JournalType.release(bytes(consumer), epoch), deadline).thenApply(ByteReader::bool);
    }

    @Override
    public CompletionStage<List<Position>> consumers(ReadConsistency consistency, Deadline deadline) {
        return ask(JournalType.consumers(), consistency, deadline)
                .thenApply(answer -> JournalConsumer.decodeAll(answer.payload()).stream()
                        .map(each -> position(new String(each.name(), StandardCharsets.UTF_8), each.consumer()))
                        .toList());
    }

    @Override
    public CompletionStage<Boolean> forget(String consumer, Deadline deadline) {
        JournalRules.checkName("consumer", consumer);
        return submit(JournalType.forget(bytes(consumer)), deadline).thenApply(ByteReader::bool);
    }
}
