package io.holdfast.consensus;

import io.holdfast.consensus.primitive.MapChange;
import io.holdfast.consensus.primitive.MapCondition;
import io.holdfast.consensus.primitive.MapEntry;
import io.holdfast.consensus.primitive.MapPage;
import io.holdfast.consensus.primitive.MapTransaction;
import io.holdfast.consensus.primitive.MapType;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.TableRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A table that is the replicated map of its name: a key's UTF-8 is the map's key, a commit one transaction. So people see it where they see maps, and a {@code ReplicatedMap<String, V>} of that name reads
 * it. Besides what {@link ReplicatedTable} tells, calls fail with {@link io.holdfast.consensus.session.RefusedException} at a limit of the map or the group, which is not worth a retry. Results are
 * completed as those of {@link GroupSession}: what depends on them must not block. Safe for use by many threads.
 */
final class GroupTable implements ReplicatedTable {
    /** With a name of so many bytes a part of a transaction costs no more than {@link TableRules#PART_BYTES}. */
    private static final int MAX_NAME_BYTES = 64;

    /** So many large values fit into one answer. */
    private static final int LARGE_IN_ANSWER = 2;

    private static final byte[] NOTHING = {};

    private final GroupSession session;
    private final String name;

    GroupTable(GroupSession session, String name) {
        this.session = session;
        this.name = name;
        Check.between("bytes of the table's name " + name, bytes(name).length, 1, MAX_NAME_BYTES);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public GroupId group() {
        return session.group();
    }

    private CompletionStage<Answer> ask(byte[] question, ReadConsistency consistency, Deadline deadline) {
        return session.ask(MapType.ID, name, question, consistency, deadline);
    }

    @Override
    public CompletionStage<Optional<Row>> get(String key, ReadConsistency consistency, Deadline deadline) {
        TableRules.checkKey(key);
        return ask(MapType.get(bytes(key)), consistency, deadline).thenApply(answer -> {
            MapEntry found =
                    MapChange.Outcome.decode(new ByteReader(answer.payload())).existing();
            return found == null ? Optional.empty() : Optional.of(row(key, found));
        });
    }

    @Override
    public CompletionStage<Page> scan(
            String prefix, String after, int limit, ReadConsistency consistency, Deadline deadline) {
        TableRules.checkScan(prefix, after, limit);
        KeyRange range = KeyRange.prefix(bytes(prefix)).common(new KeyRange(behind(after), null));
        return ask(MapType.range(range.from(), range.to(), limit), consistency, deadline)
                .thenApply(answer -> {
                    MapPage page = MapPage.decode(new ByteReader(answer.payload()));
                    List<Row> rows = page.rows().stream()
                            .map(each -> row(new String(each.key(), StandardCharsets.UTF_8), each.entry()))
                            .toList();
                    return new Page(rows, answer.revision(), page.more());
                });
    }

    /** The least key behind a key; no key is empty. */
    private static byte[] behind(String key) {
        byte[] bytes = bytes(key);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    private static Row row(String key, MapEntry entry) {
        return new Row(key, entry.value(), entry.version(), entry.modified());
    }

    @Override
    public CompletionStage<Committed> commit(List<Condition> conditions, List<Change> changes, Deadline deadline) {
        TableRules.checkCommit(conditions, changes);
        List<MapTransaction.Compare> compares = new ArrayList<>(conditions.size());
        for (Condition condition : conditions) {
            MapCondition holds =
                    condition.version() == 0 ? MapCondition.ABSENT : MapCondition.version(condition.version());
            compares.add(new MapTransaction.Compare(name, bytes(condition.key()), holds));
        }
        byte[] operation = MapType.transact(new MapTransaction(compares, steps(changes), List.of()));
        return session.submit(MapType.ID, name, operation, deadline)
                .thenApply(answer -> new Committed(
                        MapTransaction.Outcome.decode(new ByteReader(answer.payload()))
                                .succeeded(),
                        answer.revision()));
    }

    /** A removal answers with what was removed, and the map refuses a transaction whose answer is too large: where it could be, large values make room first. */
    private List<MapTransaction.Step> steps(List<Change> changes) {
        boolean makeRoom =
                changes.stream().filter(change -> change.value().isEmpty()).count() > LARGE_IN_ANSWER;
        List<MapTransaction.Step> steps = new ArrayList<>(changes.size());
        for (Change change : changes) {
            byte[] key = bytes(change.key());
            if (change.value().isPresent()) {
                steps.add(step(MapChange.put(key, change.value().get())));
            } else {
                if (makeRoom) {
                    steps.add(step(MapChange.put(key, NOTHING)));
                }
                steps.add(step(MapChange.remove(key)));
            }
        }
        return steps;
    }

    private MapTransaction.Step step(MapChange change) {
        return new MapTransaction.Step(name, change);
    }
}
