package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.core.Deadline;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.JournalSettings;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.cluster.ReplicatedJournal.Appended;
import io.holdfast.core.cluster.ReplicatedJournal.Condition;
import io.holdfast.core.cluster.ReplicatedJournal.Entry;
import io.holdfast.core.cluster.ReplicatedJournal.Outcome;
import io.holdfast.core.cluster.ReplicatedJournal.Page;
import io.holdfast.core.cluster.ReplicatedJournal.Position;
import io.holdfast.core.cluster.ReplicatedJournal.Recorded;
import io.holdfast.core.cluster.ReplicatedJournal.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every {@link ReplicatedJournal} promises. Extend it, start a group, and the inherited tests run. */
public abstract class ReplicatedJournalContract implements Waiting {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final ReadConsistency STRONG = ReadConsistency.LINEARIZABLE;

    private final List<JournalCluster> started = new ArrayList<>();

    /** For subclasses. */
    protected ReplicatedJournalContract() {}

    /**
     * Gives a group of three nodes whose journal has no records.
     *
     * @return the group, closed by the suite
     */
    protected abstract JournalCluster start();

    private JournalCluster cluster() {
        JournalCluster cluster = start();
        started.add(cluster);
        return cluster;
    }

    /** Ends what a test has started. */
    @AfterEach
    void closeClusters() {
        started.forEach(JournalCluster::close);
    }

    private static Deadline in(JournalCluster cluster, Duration time) {
        return Deadline.after(cluster.clock().nanoTime(), time);
    }

    private static Deadline later(JournalCluster cluster) {
        return in(cluster, LONG);
    }

    private Appended append(JournalCluster cluster, int node, List<Condition> conditions, Entry... entries) {
        return await("an append", cluster.journal(node).append(List.of(entries), conditions, later(cluster)));
    }

    private Appended append(JournalCluster cluster, Entry... entries) {
        Appended appended = append(cluster, 0, List.of(), entries);
        assertThat(appended.outcome()).isEqualTo(Outcome.APPENDED);
        return appended;
    }

    private Page read(JournalCluster cluster, long from, int limit) {
        return await(
                "a read", cluster.journal(0).read(from, limit, JournalRules.MAX_PAGE_BYTES, STRONG, later(cluster)));
    }

    private Page readKey(JournalCluster cluster, String key, long before, int limit) {
        return await(
                "a read of a key",
                cluster.journal(1).readKey(key, before, limit, JournalRules.MAX_PAGE_BYTES, STRONG, later(cluster)));
    }

    private Status status(JournalCluster cluster) {
        return await("a status", cluster.journal(0).status(STRONG, later(cluster)));
    }

    private void configure(JournalCluster cluster, JournalSettings settings) {
        await("new settings", cluster.journal(0).configure(settings, later(cluster)));
    }

    @Test
    void recordsHaveOffsetsInTheOrderOfTheirAppendsAndAreReadFromAnyOfThem() {
        JournalCluster cluster = cluster();
        assertThat(read(cluster, 0, 10).records()).isEmpty();
        assertThat(status(cluster).end()).isEqualTo(1);
        Appended first = append(cluster, entry("a", "1"), entry("", "2"), entry("b", ""));
        assertThat(first.first()).isEqualTo(1);
        assertThat(first.last()).isEqualTo(3);
        Appended second = append(cluster, 1, List.of(), entry("a", "4"));
        assertThat(second.first()).isEqualTo(4);
        assertThat(second.revision()).isGreaterThan(first.revision());
        Page all = read(cluster, 0, 10);
        assertThat(texts(all)).containsExactly("1 a=1", "2 =2", "3 b=", "4 a=4");
        assertThat(List.of(all.oldest(), all.end(), all.next())).containsExactly(1L, 5L, 5L);
        assertThat(all.records()).isSortedAccordingTo((x, y) -> Long.compare(x.timeNanos(), y.timeNanos()));
        Page part = read(cluster, 2, 2);
        assertThat(texts(part)).containsExactly("2 =2", "3 b=");
        assertThat(part.next()).isEqualTo(4);
        assertThat(read(cluster, 9, 2).next()).isEqualTo(9);
    }

    @Test
    void aPageEndsAtItsBoundOfBytesButHasOneRecordAtLeast() {
        JournalCluster cluster = cluster();
        byte[] large = new byte[JournalRules.MAX_APPEND_BYTES - JournalRules.RECORD_BYTES - 1];
        append(cluster, new Entry("k", large));
        append(cluster, entry("k", "small"), entry("k", "small"));
        ReplicatedJournal journal = cluster.journal(2);
        Page one = await("a page", journal.read(1, 10, 1, STRONG, later(cluster)));
        assertThat(one.records()).hasSize(1);
        assertThat(one.records().get(0).value()).hasSize(large.length);
        int two = 2 * JournalRules.cost("k", new byte[5]);
        assertThat(await("a page", journal.read(2, 10, two, STRONG, later(cluster)))
                        .records())
                .hasSize(2);
        assertThat(await("a page", journal.read(2, 10, two - 1, STRONG, later(cluster)))
                        .records())
                .hasSize(1);
    }

    @Test
    void theRecordsOfAKeyAreReadNewestFirst() {
        JournalCluster cluster = cluster();
        for (int i = 1; i <= 5; i++) {
            append(cluster, entry("a", "" + i), entry("b", "" + i), entry("", "" + i));
        }
        Page newest = readKey(cluster, "a", Long.MAX_VALUE, 2);
        assertThat(texts(newest)).containsExactly("13 a=5", "10 a=4");
        Page older = readKey(cluster, "a", newest.next(), 2);
        assertThat(texts(older)).containsExactly("7 a=3", "4 a=2");
        Page oldest = readKey(cluster, "a", older.next(), 2);
        assertThat(texts(oldest)).containsExactly("1 a=1");
        assertThat(oldest.next()).isZero();
        assertThat(readKey(cluster, "c", Long.MAX_VALUE, 2).records()).isEmpty();
        await("a trim", cluster.journal(0).trim(8, later(cluster)));
        Page kept = readKey(cluster, "a", Long.MAX_VALUE, 10);
        assertThat(texts(kept)).containsExactly("13 a=5", "10 a=4");
        assertThat(kept.next()).isZero();
    }

    @Test
    void anAppendUnderTheLastOffsetOfAKeyAppliesOnlyIfThatIsTheLast() {
        JournalCluster cluster = cluster();
        Condition absent = new Condition.LastOfKey("a", 0);
        assertThat(append(cluster, 0, List.of(absent), entry("a", "1")).applied())
                .isTrue();
        Appended refused = append(cluster, 1, List.of(absent), entry("a", "2"), entry("b", "2"));
        assertThat(refused.outcome()).isEqualTo(Outcome.CONFLICT);
        assertThat(refused.found()).isEqualTo(1);
        assertThat(refused.last()).isZero();
        append(cluster, entry("b", "1"));
        assertThat(append(cluster, 2, List.of(new Condition.LastOfKey("a", 1)), entry("a", "2"))
                        .first())
                .isEqualTo(3);
        assertThat(append(cluster, 0, List.of(new Condition.LastOfKey("b", 1)), entry("b", "2"))
                        .outcome())
                .isEqualTo(Outcome.CONFLICT);
        assertThat(texts(read(cluster, 0, 10))).containsExactly("1 a=1", "2 b=1", "3 a=2");
        await("a trim", cluster.journal(0).trim(3, later(cluster)));
        assertThat(append(cluster, 0, List.of(new Condition.LastOfKey("b", 0)), entry("b", "3"))
                        .applied())
                .as("a key whose records are forgotten has none")
                .isTrue();
    }

    @Test
    void ofManyWhoAppendUnderOneConditionOneSucceeds() {
        JournalCluster cluster = cluster();
        Condition absent = new Condition.LastOfKey("k", 0);
        List<CompletionStage<Appended>> rivals = IntStream.range(0, 30)
                .mapToObj(i -> cluster.journal(i % 3)
                        .append(List.of(entry("k", "n" + i), entry("", "n" + i)), List.of(absent), later(cluster)))
                .toList();
        assertThat(rivals.stream()
                        .filter(rival -> await("a rival's append", rival).applied())
                        .count())
                .isEqualTo(1);
        assertThat(read(cluster, 0, 100).records()).hasSize(2);
    }

    @Test
    void aFenceRefusesSmallerEpochsOnceALargerOneWasSeen() {
        JournalCluster cluster = cluster();
        assertThat(append(cluster, 0, List.of(new Condition.Fence("shard-1", 4)), entry("a", "old"))
                        .applied())
                .isTrue();
        Appended raised = append(cluster, 1, List.of(new Condition.Fence("shard-1", 7)));
        assertThat(raised.applied()).isTrue();
        assertThat(raised.first()).isZero();
        Appended fenced = append(cluster, 0, List.of(new Condition.Fence("shard-1", 4)), entry("a", "late"));
        assertThat(fenced.outcome()).isEqualTo(Outcome.FENCED);
        assertThat(fenced.found()).isEqualTo(7);
        assertThat(append(cluster, 0, List.of(new Condition.Fence("shard-2", 1)), entry("a", "other"))
                        .applied())
                .isTrue();
        assertThat(append(cluster, 1, List.of(new Condition.Fence("shard-1", 7)), entry("a", "new"))
                        .applied())
                .isTrue();
        assertThat(texts(read(cluster, 0, 10))).containsExactly("1 a=old", "2 a=other", "3 a=new");
    }

    @Test
    void aFenceIsNotRaisedByAnAppendThatAnotherConditionRefuses() {
        JournalCluster cluster = cluster();
        Appended refused = append(
                cluster, 0, List.of(new Condition.Fence("f", 9), new Condition.LastOfKey("a", 5)), entry("a", "no"));
        assertThat(refused.outcome()).isEqualTo(Outcome.CONFLICT);
        assertThat(append(cluster, 0, List.of(new Condition.Fence("f", 1)), entry("a", "yes"))
                        .applied())
                .isTrue();
    }

    @Test
    void aFullJournalRefusesUntilItIsTrimmedAndNeverGivesAnOffsetTwice() {
        JournalCluster cluster = cluster();
        configure(cluster, JournalSettings.keepAll().withMaxRecords(1_000));
        append(cluster, entries(999));
        assertThat(append(cluster, 0, List.of(), entries(2)).outcome()).isEqualTo(Outcome.FULL);
        append(cluster, entries(1));
        assertThat(append(cluster, 0, List.of(), entries(1)).outcome()).isEqualTo(Outcome.FULL);
        assertThat(await("a trim", cluster.journal(1).trim(11, later(cluster)))).isEqualTo(11);
        assertThat(append(cluster, entries(10)).first()).isEqualTo(1_001);
        assertThat(await("a trim of all", cluster.journal(1).trim(Long.MAX_VALUE, later(cluster))))
                .isEqualTo(1_011);
        Status empty = status(cluster);
        assertThat(List.of(empty.oldest(), empty.end(), empty.records(), empty.bytes()))
                .containsExactly(1_011L, 1_011L, 0L, 0L);
        assertThat(append(cluster, entries(1)).first()).isEqualTo(1_011);
    }

    @Test
    void aJournalThatDropsItsOldestStaysWithinItsBytesAndReadersSeeTheGap() {
        JournalCluster cluster = cluster();
        configure(cluster, JournalSettings.keepNewest().withMaxBytes(1 << 20));
        byte[] value = new byte[100_000];
        for (int i = 0; i < 20; i++) {
            append(cluster, new Entry("k", value));
        }
        Status status = status(cluster);
        long fit = (1L << 20) / JournalRules.cost("k", value);
        assertThat(status.records()).isEqualTo(fit);
        assertThat(status.bytes()).isEqualTo(fit * JournalRules.cost("k", value));
        assertThat(status.oldest()).isEqualTo(21 - fit);
        Page page = read(cluster, 3, 1);
        assertThat(page.records().get(0).offset()).isEqualTo(21 - fit);
        assertThat(page.oldest()).isEqualTo(21 - fit);
    }

    @Test
    void recordsGoWhenTheyAreTooOld() {
        JournalCluster cluster = cluster();
        append(cluster, entry("a", "1"), entry("b", "2"));
        configure(cluster, JournalSettings.keepAll().withMaxAge(Duration.ofMillis(300)));
        await("the old records to go", () -> status(cluster).oldest() == 3);
        append(cluster, entry("a", "3"));
        await("the next to go", () -> status(cluster).oldest() == 4);
        assertThat(readKey(cluster, "a", Long.MAX_VALUE, 9).records()).isEmpty();
    }

    @Test
    void aCompactedJournalKeepsTheLastOfEachKeyAndATombstoneForAWhile() {
        JournalCluster cluster = cluster();
        configure(cluster, JournalSettings.keepLastOfEachKey().withTombstones(Duration.ofMillis(400)));
        append(cluster, entry("a", "1"), entry("b", "1"), entry("a", "2"), entry("", "x"));
        append(cluster, entry("", "y"), entry("b", "2"));
        assertThat(texts(read(cluster, 0, 10))).containsExactly("3 a=2", "4 =x", "5 =y", "6 b=2");
        assertThat(append(cluster, 0, List.of(new Condition.LastOfKey("a", 3)), entry("a", ""))
                        .applied())
                .isTrue();
        assertThat(texts(read(cluster, 0, 10))).contains("7 a=");
        await("the tombstone to go", () -> status(cluster).records() == 3);
        assertThat(texts(read(cluster, 0, 10))).containsExactly("4 =x", "5 =y", "6 b=2");
        assertThat(append(cluster, entry("a", "3")).first()).isEqualTo(8);
    }

    @Test
    void aConsumerHasOneOwnerAtATimeAndItsPositionOutlivesThem() {
        JournalCluster cluster = cluster();
        append(cluster, entries(10));
        Position first = claim(cluster, 0, "mailer");
        assertThat(List.of(first.owner(), first.next())).containsExactly("n0", 0L);
        assertThat(commit(cluster, 0, first, 4)).isTrue();
        assertThat(commit(cluster, 0, first, 2)).as("back").isTrue();
        Position second = claim(cluster, 1, "mailer");
        assertThat(second.epoch()).isGreaterThan(first.epoch());
        assertThat(second.next()).isEqualTo(4);
        assertThat(commit(cluster, 0, first, 9)).isFalse();
        assertThat(commit(cluster, 1, second, 99)).as("beyond the end").isTrue();
        assertThat(release(cluster, 0, first)).as("by who has it no more").isFalse();
        assertThat(release(cluster, 1, second)).isTrue();
        assertThat(commit(cluster, 1, second, 11)).as("after it was let go").isFalse();
        second = claim(cluster, 1, "mailer");
        assertThat(second.next()).isEqualTo(11);
        claim(cluster, 2, "auditor");
        List<Position> all = await("consumers", cluster.journal(2).consumers(STRONG, later(cluster)));
        assertThat(all).extracting(Position::consumer).containsExactly("auditor", "mailer");
        assertThat(all.get(1)).isEqualTo(new Position("mailer", "n1", second.epoch(), 11));
        assertThat(await("it is forgotten", cluster.journal(0).forget("mailer", later(cluster))))
                .isTrue();
        assertThat(await("nothing to forget", cluster.journal(0).forget("mailer", later(cluster))))
                .isFalse();
        assertThat(commit(cluster, 1, second, 11)).isFalse();
        Position anew = claim(cluster, 1, "mailer");
        assertThat(anew.epoch()).isGreaterThan(second.epoch());
        assertThat(anew.next()).isZero();
    }

    private Position claim(JournalCluster cluster, int node, String consumer) {
        return await("a claim", cluster.journal(node).claim(consumer, "n" + node, later(cluster)))
                .orElseThrow();
    }

    private boolean commit(JournalCluster cluster, int node, Position position, long next) {
        return await(
                "a commit", cluster.journal(node).commit(position.consumer(), position.epoch(), next, later(cluster)));
    }

    private boolean release(JournalCluster cluster, int node, Position position) {
        return await("a release", cluster.journal(node).release(position.consumer(), position.epoch(), later(cluster)));
    }

    @Test
    void whoWaitsBehindTheEndIsToldOfWhatComes() {
        JournalCluster cluster = cluster();
        append(cluster, entries(3));
        ReplicatedJournal journal = cluster.journal(2);
        assertThat(await("an end that is there", journal.awaitBeyond(2, later(cluster))))
                .isEqualTo(4);
        CompletableFuture<Long> waits = journal.awaitBeyond(4, later(cluster)).toCompletableFuture();
        CompletableFuture<Long> cancelled =
                journal.awaitBeyond(4, later(cluster)).toCompletableFuture();
        assertThat(await("nothing comes", journal.awaitBeyond(4, in(cluster, SHORT))))
                .isEqualTo(4);
        assertThat(waits).isNotDone();
        cancelled.cancel(false);
        append(cluster, entries(2));
        assertThat(await("the news", waits)).isEqualTo(6);
    }

    @Test
    void appendsAreDoneExactlyOnceThroughChangesOfTheLeader() {
        JournalCluster cluster = cluster();
        List<CompletionStage<Appended>> appends = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            if (i % 15 == 7) {
                cluster.changeLeader();
            }
            appends.add(cluster.journal(i % 3)
                    .append(List.of(entry("k" + i % 4, "v" + i), entry("", "v" + i)), List.of(), later(cluster)));
        }
        List<Long> offsets = appends.stream()
                .map(each -> await("an append", each))
                .flatMapToLong(each -> LongStream.rangeClosed(each.first(), each.last()))
                .sorted()
                .boxed()
                .toList();
        assertThat(offsets).isEqualTo(LongStream.rangeClosed(1, 90).boxed().toList());
        assertThat(read(cluster, 0, 1000).records()).hasSize(90);
    }

    @Test
    void aNodeWithoutAMajorityFailsInTimeAndWhatSurelyFailedNeverAppears() {
        JournalCluster cluster = cluster();
        append(cluster, entry("a", "1"));
        Page seen = read(cluster, 0, 1);
        assertThat(seen.records()).hasSize(1);
        cluster.isolate(0);
        ReplicatedJournal lonely = cluster.journal(0);
        Throwable refused = failure(lonely.append(List.of(entry("lonely", "")), List.of(), in(cluster, SHORT)));
        assertThat(refused).isInstanceOfAny(NotAppliedException.class, UnknownOutcomeException.class);
        assertThat(failure(lonely.read(1, 1, 1, STRONG, in(cluster, SHORT)))).isInstanceOf(UnavailableException.class);
        Appended others = append(cluster, 1, List.of(), entry("a", "2"));
        cluster.heal();
        Page page = await(
                "what was written meanwhile",
                lonely.read(1, 10, 1000, ReadConsistency.atLeast(others.revision()), later(cluster)));
        assertThat(page.records().stream().map(Recorded::key)).contains("a", "a");
        boolean appears =
                !readKey(cluster, "lonely", Long.MAX_VALUE, 1).records().isEmpty();
        assertThat(appears && refused instanceof NotAppliedException)
                .as("an append that surely failed appears")
                .isFalse();
    }

    @Test
    void aDeadlineThatHasPassedFailsAtOnce() {
        JournalCluster cluster = cluster();
        Deadline past = in(cluster, Duration.ZERO);
        ReplicatedJournal journal = cluster.journal(0);
        assertThat(failure(journal.append(List.of(entry("a", "")), List.of(), past)))
                .isInstanceOfAny(NotAppliedException.class, UnknownOutcomeException.class);
        assertThat(failure(journal.status(STRONG, past))).isInstanceOf(UnavailableException.class);
        assertThat(await("no wait", journal.awaitBeyond(1, past))).isEqualTo(1);
    }

    @Test
    void badArgumentsAreRefusedWithTheRule() {
        ReplicatedJournal journal = cluster().journal(0);
        Deadline none = Deadline.NONE;
        assertRefused(() -> journal.append(List.of(), List.of(), none), "does nothing");
        assertRefused(() -> journal.append(Arrays.asList(entries(1001)), List.of(), none), "1001 records");
        List<Condition> many = IntStream.range(0, 101)
                .mapToObj(i -> (Condition) new Condition.LastOfKey("k" + i, 0))
                .toList();
        assertRefused(() -> journal.append(List.of(), many, none), "101 conditions");
        Entry large = new Entry("", new byte[JournalRules.MAX_APPEND_BYTES]);
        assertRefused(() -> journal.append(List.of(large), List.of(), none), "at most 491520");
        assertRefused(() -> journal.append(List.of(entry("\u00e9".repeat(513), "")), List.of(), none), "1026 bytes");
        assertRefused(() -> journal.append(List.of(entry("a\ud83d", "")), List.of(), none), "surrogate");
        assertRefused(() -> new Condition.Fence("", 1), "1 to 255");
        assertRefused(() -> new Condition.Fence("f", 0), "at least 1");
        assertRefused(() -> new Condition.LastOfKey("", 0), "must not be empty");
        assertRefused(() -> journal.read(-1, 1, 1, STRONG, none), "must not be negative");
        assertRefused(() -> journal.read(1, 0, 1, STRONG, none), "between 1 and 1000");
        assertRefused(() -> journal.read(1, 1, 0, STRONG, none), "between 1 and 262144");
        assertRefused(() -> journal.readKey("", 1, 1, 1, STRONG, none), "must not be empty");
        assertRefused(() -> journal.claim("", "me", none), "1 to 255");
        assertRefused(() -> journal.commit("c", 0, 1, none), "at least 1");
        assertRefused(() -> JournalSettings.keepAll().withMaxBytes(1), "maxBytes");
    }

    private static void assertRefused(ThrowingCallable call, String rule) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(rule);
    }

    private Throwable failure(CompletionStage<?> stage) {
        Throwable thrown = catchThrowable(() -> await("a failure", stage));
        assertThat(thrown).as("the call must fail").isNotNull();
        return Objects.requireNonNull(thrown.getCause(), "a stage that failed tells why");
    }

    private static Entry entry(String key, String value) {
        return new Entry(key, value.getBytes(StandardCharsets.UTF_8));
    }

    private static Entry[] entries(int count) {
        return IntStream.range(0, count).mapToObj(i -> entry("k" + i % 7, "v")).toArray(Entry[]::new);
    }

    private static List<String> texts(Page page) {
        return page.records().stream()
                .map(each -> each.offset() + " " + each.key() + "=" + new String(each.value(), StandardCharsets.UTF_8))
                .toList();
    }
}
