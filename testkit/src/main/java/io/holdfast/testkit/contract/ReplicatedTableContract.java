package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.core.Deadline;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Committed;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.cluster.ReplicatedTable.Page;
import io.holdfast.core.cluster.ReplicatedTable.Row;
import io.holdfast.core.cluster.TableRules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every {@link ReplicatedTable} promises. Extend it, start a group, and the inherited tests run. */
public abstract class ReplicatedTableContract implements Waiting {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(500);

    private final List<TableCluster> started = new ArrayList<>();

    /** For subclasses. */
    protected ReplicatedTableContract() {}

    /**
     * Gives a group of three nodes whose table has no rows.
     *
     * @return the group, closed by the suite
     */
    protected abstract TableCluster start();

    private TableCluster cluster() {
        TableCluster cluster = start();
        started.add(cluster);
        return cluster;
    }

    /** Ends what a test has started. */
    @AfterEach
    void closeClusters() {
        started.forEach(TableCluster::close);
    }

    private CompletionStage<Committed> begin(
            TableCluster cluster, int node, List<Condition> conditions, List<Change> changes) {
        return cluster.table(node)
                .commit(conditions, changes, Deadline.after(cluster.clock().nanoTime(), LONG));
    }

    private Committed commit(TableCluster cluster, int node, List<Condition> conditions, Change... changes) {
        return await("a commit", begin(cluster, node, conditions, List.of(changes)));
    }

    private void put(TableCluster cluster, String... keys) {
        Change[] changes = IntStream.range(0, keys.length)
                .mapToObj(i -> put(keys[i], "v" + i))
                .toArray(Change[]::new);
        assertThat(commit(cluster, 0, List.of(), changes).applied()).isTrue();
    }

    private Optional<Row> get(TableCluster cluster, int node, String key, ReadConsistency consistency) {
        Deadline deadline = Deadline.after(cluster.clock().nanoTime(), LONG);
        return await("a read", cluster.table(node).get(key, consistency, deadline));
    }

    private Optional<Row> get(TableCluster cluster, String key) {
        return get(cluster, 0, key, ReadConsistency.LINEARIZABLE);
    }

    private Page scan(TableCluster cluster, String prefix, String after, int limit) {
        Deadline deadline = Deadline.after(cluster.clock().nanoTime(), LONG);
        return await("a scan", cluster.table(0).scan(prefix, after, limit, ReadConsistency.LINEARIZABLE, deadline));
    }

    @Test
    void aRowsVersionIsOneAtFirstAndOneMoreWithEachPutAndBeginsAnewAfterARemoval() {
        TableCluster cluster = cluster();
        assertThat(get(cluster, "a")).isEmpty();
        Committed first = commit(cluster, 0, List.of(), put("a", "one"));
        assertRow(cluster, "a", "one", 1, first.revision());
        Committed second = commit(cluster, 1, List.of(), put("a", "two"));
        assertThat(second.revision()).isGreaterThan(first.revision());
        assertRow(cluster, "a", "two", 2, second.revision());
        commit(cluster, 2, List.of(), Change.remove("a"));
        assertThat(get(cluster, "a")).isEmpty();
        Committed anew = commit(cluster, 0, List.of(), put("a", "three"));
        assertRow(cluster, "a", "three", 1, anew.revision());
    }

    private void assertRow(TableCluster cluster, String key, String value, long version, long modified) {
        Row row = get(cluster, key).orElseThrow();
        assertThat(row.key()).isEqualTo(key);
        assertThat(text(row)).isEqualTo(value);
        assertThat(row.version()).as("version of %s", key).isEqualTo(version);
        assertThat(row.modified()).as("revision of %s", key).isEqualTo(modified);
    }

    @Test
    void aCommitAppliesOnlyIfEveryConditionHoldsAndThenAllOfIt() {
        TableCluster cluster = cluster();
        put(cluster, "a", "b");
        Committed refused = commit(
                cluster,
                0,
                List.of(new Condition("a", 1), new Condition("b", 2)),
                put("a", "no"),
                Change.remove("b"),
                put("c", "no"));
        assertThat(refused.applied()).isFalse();
        assertThat(texts(scan(cluster, "", "", 10))).containsExactly("a=v0", "b=v1");
        Committed applied = commit(
                cluster,
                0,
                List.of(new Condition("a", 1), new Condition("b", 1), new Condition("c", 0)),
                put("a", "yes"),
                Change.remove("b"),
                put("c", "yes"));
        assertThat(applied.applied()).isTrue();
        Page page = scan(cluster, "", "", 10);
        assertThat(texts(page)).containsExactly("a=yes", "c=yes");
        assertThat(page.rows()).extracting(Row::modified).containsOnly(applied.revision());
    }

    @Test
    void versionZeroHoldsOnlyForARowThatIsNotThere() {
        TableCluster cluster = cluster();
        List<Condition> absent = List.of(new Condition("a", 0));
        assertThat(commit(cluster, 0, absent, put("a", "first")).applied()).isTrue();
        assertThat(commit(cluster, 0, absent, put("a", "second")).applied()).isFalse();
        assertThat(commit(cluster, 0, List.of(new Condition("b", 1)), put("c", "third"))
                        .applied())
                .isFalse();
        assertThat(commit(cluster, 0, List.of(), Change.remove("b")).applied())
                .as("a row that is not there is removed without complaint")
                .isTrue();
        assertThat(texts(scan(cluster, "", "", 10))).containsExactly("a=first");
    }

    @Test
    void ofManyWhoCommitUnderOneVersionOneSucceeds() {
        TableCluster cluster = cluster();
        put(cluster, "fence");
        List<CompletionStage<Committed>> rivals = IntStream.range(0, 30)
                .mapToObj(i -> begin(
                        cluster,
                        i % 3,
                        List.of(new Condition("fence", 1)),
                        List.of(put("fence", "n" + i), put("r" + i, ""))))
                .toList();
        long winners = rivals.stream()
                .filter(rival -> await("a rival's commit", rival).applied())
                .count();
        assertThat(winners).isEqualTo(1);
        assertThat(scan(cluster, "r", "", 100).rows()).hasSize(1);
    }

    @Test
    void aScanReadsInTheOrderOfUtf8FromBehindAKeyAndTellsWhetherMoreFollow() {
        TableCluster cluster = cluster();
        // as UTF-16, which String compares, the last two would change places
        List<String> ordered = List.of("k", "k/", "k/a", "k/b", "k\u00e9", "k\u4e2d", "k\uffe8", "k\ud83d\ude00");
        put(cluster, "j", "k\ud83d\ude00", "k/b", "k\uffe8", "k", "k/a", "k\u4e2d", "k/", "l", "k\u00e9");
        Page all = scan(cluster, "k", "", 1000);
        assertThat(keys(all)).isEqualTo(ordered);
        assertThat(all.more()).isFalse();
        List<String> paged = new ArrayList<>();
        String after = "";
        Page page;
        do {
            page = scan(cluster, "k", after, 3);
            assertThat(page.rows()).hasSizeLessThanOrEqualTo(3).isNotEmpty();
            paged.addAll(keys(page));
            after = paged.get(paged.size() - 1);
            assertThat(page.more()).isEqualTo(paged.size() < ordered.size());
        } while (page.more());
        assertThat(paged).isEqualTo(ordered);
        assertThat(keys(scan(cluster, "k/", "", 2))).containsExactly("k/", "k/a");
        assertThat(scan(cluster, "k/", "", 3).more()).isFalse();
        assertThat(keys(scan(cluster, "k/", "k/a0", 10))).containsExactly("k/b");
        assertThat(keys(scan(cluster, "k", "a", 1))).containsExactly("k");
        assertThat(scan(cluster, "k", "l", 1).rows()).isEmpty();
    }

    @Test
    void aReadOnAnyNodeSeesWhatItsConsistencyPromises() {
        TableCluster cluster = cluster();
        for (int i = 1; i <= 20; i++) {
            Committed committed = commit(cluster, i % 3, List.of(), put("a", "v" + i));
            int reader = (i + 1) % 3;
            for (ReadConsistency consistency :
                    List.of(ReadConsistency.LINEARIZABLE, ReadConsistency.atLeast(committed.revision()))) {
                Row row = get(cluster, reader, "a", consistency).orElseThrow();
                assertThat(row.version()).as("%s on n%d", consistency, reader).isEqualTo(i);
            }
        }
        await(
                "n2 follows",
                () -> get(cluster, 2, "a", ReadConsistency.LOCAL)
                        .filter(row -> row.version() == 20)
                        .isPresent());
        assertThat(get(cluster, 1, "a", ReadConsistency.bounded(LONG))).isPresent();
        assertThat(scan(cluster, "", "", 1).revision())
                .isGreaterThanOrEqualTo(get(cluster, "a").orElseThrow().modified());
    }

    @Test
    void commitsAreDoneExactlyOnceThroughChangesOfTheLeader() {
        TableCluster cluster = cluster();
        put(cluster, "a");
        List<CompletionStage<Committed>> commits = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            if (i % 15 == 7) {
                cluster.changeLeader();
            }
            commits.add(begin(cluster, i % 3, List.of(), List.of(put("a", "v" + i))));
        }
        commits.forEach(each -> assertThat(await("a commit", each).applied()).isTrue());
        assertThat(get(cluster, "a").orElseThrow().version()).isEqualTo(1 + commits.size());
        List<Long> revisions =
                commits.stream().map(each -> await("a commit", each).revision()).toList();
        assertThat(revisions).doesNotHaveDuplicates();
    }

    @Test
    void aNodeWithoutAMajorityFailsInTimeAndWhatSurelyFailedNeverAppears() {
        TableCluster cluster = cluster();
        long before = commit(cluster, 0, List.of(), put("a", "")).revision();
        // a replica may wait for a barrier before its first local read
        assertThat(get(cluster, 0, "a", ReadConsistency.LINEARIZABLE)).isPresent();
        assertThat(get(cluster, 0, "a", ReadConsistency.atLeast(before))).isPresent();
        cluster.isolate(0);
        Deadline soon = Deadline.after(cluster.clock().nanoTime(), SHORT);
        Throwable refused =
                failure(cluster.table(0).commit(List.of(new Condition("a", 1)), List.of(put("lonely", "")), soon));
        assertThat(refused).isInstanceOfAny(NotAppliedException.class, UnknownOutcomeException.class);
        Deadline later = Deadline.after(cluster.clock().nanoTime(), SHORT);
        assertThat(failure(cluster.table(0).get("a", ReadConsistency.LINEARIZABLE, later)))
                .isInstanceOf(UnavailableException.class);
        assertThat(get(cluster, 0, "a", ReadConsistency.LOCAL)).isPresent();
        Committed others = await("the others go on", begin(cluster, 1, List.of(), List.of(put("a", "new"))));
        cluster.heal();
        assertThat(get(cluster, 0, "a", ReadConsistency.atLeast(others.revision()))
                        .orElseThrow()
                        .version())
                .isEqualTo(2);
        boolean lonely = get(cluster, "lonely").isPresent();
        assertThat(lonely && refused instanceof NotAppliedException)
                .as("a commit that surely failed appears")
                .isFalse();
    }

    @Test
    void aDeadlineThatHasPassedFailsAtOnce() {
        TableCluster cluster = cluster();
        Deadline past = Deadline.after(cluster.clock().nanoTime(), Duration.ZERO);
        assertThat(failure(cluster.table(0).commit(List.of(), List.of(put("a", "")), past)))
                .isInstanceOfAny(NotAppliedException.class, UnknownOutcomeException.class);
        assertThat(failure(cluster.table(0).get("a", ReadConsistency.LINEARIZABLE, past)))
                .isInstanceOf(UnavailableException.class);
    }

    @Test
    void theLargestCommitAndLargeValuesGoThrough() {
        TableCluster cluster = cluster();
        String[] keys = IntStream.range(0, TableRules.MAX_PARTS)
                .mapToObj(i -> String.format("row-%04d", i))
                .toArray(String[]::new);
        put(cluster, keys);
        List<Condition> all = IntStream.range(0, keys.length)
                .mapToObj(i -> new Condition(keys[i], 1))
                .toList();
        Change[] removals = IntStream.range(0, keys.length)
                .mapToObj(i -> Change.remove(keys[i]))
                .toArray(Change[]::new);
        assertThat(commit(cluster, 1, all, removals).applied()).isTrue();
        byte[] large = new byte[TableRules.MAX_COMMIT_BYTES - TableRules.PART_BYTES - 1];
        for (String key : List.of("a", "b", "c", "d")) {
            commit(cluster, 0, List.of(), Change.put(key, large));
        }
        Page first = scan(cluster, "", "", 1000);
        assertThat(first.more()).as("a page of large rows is short").isTrue();
        assertThat(first.rows().get(0).value()).hasSize(large.length);
        Change[] gone = List.of("a", "b", "c", "d").stream().map(Change::remove).toArray(Change[]::new);
        assertThat(commit(cluster, 0, List.of(), gone).applied()).isTrue();
        assertThat(scan(cluster, "", "", 1000).rows()).isEmpty();
    }

    @Test
    void badArgumentsAreRefusedWithTheRule() {
        ReplicatedTable table = cluster().table(0);
        List<Change> one = List.of(put("a", ""));
        assertRefused(() -> table.get("", ReadConsistency.LOCAL, Deadline.NONE), "1 to 4096 bytes");
        assertRefused(() -> table.get("\u00e9".repeat(2049), ReadConsistency.LOCAL, Deadline.NONE), "4098 bytes");
        assertRefused(() -> table.get("a\ud83d", ReadConsistency.LOCAL, Deadline.NONE), "surrogate");
        assertRefused(() -> table.scan("", "", 0, ReadConsistency.LOCAL, Deadline.NONE), "between 1 and 1000");
        assertRefused(() -> table.scan("", "", 1001, ReadConsistency.LOCAL, Deadline.NONE), "between 1 and 1000");
        assertRefused(() -> table.commit(List.of(), List.of(), Deadline.NONE), "0 changes");
        List<Change> many =
                IntStream.range(0, 1001).mapToObj(i -> put("k" + i, "")).toList();
        assertRefused(() -> table.commit(List.of(), many, Deadline.NONE), "1001 changes");
        List<Condition> conditions = IntStream.range(0, 1001)
                .mapToObj(i -> new Condition("k" + i, 0))
                .toList();
        assertRefused(() -> table.commit(conditions, one, Deadline.NONE), "1001 conditions");
        List<Change> twice = List.of(put("a", "1"), put("b", "2"), Change.remove("a"));
        assertRefused(() -> table.commit(List.of(), twice, Deadline.NONE), "changes a twice");
        List<Change> large = List.of(Change.put("a", new byte[TableRules.MAX_COMMIT_BYTES]));
        assertRefused(() -> table.commit(List.of(), large, Deadline.NONE), "at most 491520");
    }

    private static void assertRefused(ThrowingCallable call, String rule) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(rule);
    }

    private Throwable failure(CompletionStage<?> stage) {
        Throwable thrown = catchThrowable(() -> await("a failure", stage));
        assertThat(thrown).as("the call must fail").isNotNull();
        return Objects.requireNonNull(thrown.getCause(), "a stage that failed tells why");
    }

    private static Change put(String key, String value) {
        return Change.put(key, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Row row) {
        return new String(row.value(), StandardCharsets.UTF_8);
    }

    private static List<String> keys(Page page) {
        return page.rows().stream().map(Row::key).toList();
    }

    private static List<String> texts(Page page) {
        return page.rows().stream().map(row -> row.key() + "=" + text(row)).toList();
    }
}
