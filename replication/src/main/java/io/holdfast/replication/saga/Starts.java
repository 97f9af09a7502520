package io.holdfast.replication.saga;

import io.holdfast.core.cluster.ReadConsistency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What is asked of a shard's sagas. Belongs to the loop. */
final class Starts {
    private Starts() {}

    static CompletionStage<SagaView> start(SagaShard shard, SagaStart start) {
        byte[] digest = SagaMachine.digest(start.definition(), start.input());
        EndedSaga over = shard.ended().get(start.id());
        if (over != null) {
            same(start, digest, over.ended().definition(), over.ended().digest());
            return CompletableFuture.completedFuture(over.view());
        }
        shard.strangers().find(start.id()).ifPresent(stranger -> {
            throw Refusals.diverged(stranger);
        });
        LiveSaga there = shard.live().get(start.id());
        if (there != null && shard.side().rules().knowsStarted()) {
            return there.tell((machine, now) -> {
                SagaRecord.Started begun = machine.state().started().orElseThrow();
                same(start, digest, begun.definition(), SagaMachine.digest(begun.definition(), begun.input()));
            });
        }
        return begin(shard, start);
    }

    private static CompletionStage<SagaView> begin(SagaShard shard, SagaStart start) {
        SagaConfig config = shard.side().config();
        if (shard.roots() >= config.maxAlive()) {
            throw Refusals.tooManyAlive(shard.shard(), config.maxAlive());
        }
        if (shard.ended().size() >= config.maxEnded()) {
            throw Refusals.tooManyEnded(shard.shard(), config.maxEnded());
        }
        SagaSide.Definitions definitions = shard.side().definitions();
        Optional<SagaPlan> plan = start.version() == 0
                ? definitions.newest(start.definition())
                : definitions.find(start.definition(), start.version());
        SagaPlan known = plan.orElseThrow(() ->
                Refusals.unknownDefinition(start.definition(), start.version() == 0 ? "" : "/" + start.version()));
        String trace = shard.side().tracing().begin(start);
        return shard.begin(start.id(), known).tell((machine, now) -> machine.start(start.input(), trace, now));
    }

    private static void same(SagaStart start, byte[] digest, String definition, byte[] other) {
        if (!Arrays.equals(digest, other)) {
            throw Refusals.otherInput(start.id(), definition);
        }
    }

    static CompletionStage<SagaView> notAlive(SagaShard shard, SagaOperation operation) {
        SagaView view = find(shard, operation.saga());
        if (operation instanceof SagaOperation.Abort abort && shard.strangers().has(abort.saga())) {
            return shard.strangers().abort(abort.saga(), abort.by());
        }
        if (view.status() == SagaView.Status.DIVERGED) {
            throw Refusals.diverged(view);
        }
        throw Refusals.over(operation.saga(), String.valueOf(view.status()));
    }

    static SagaView find(SagaShard shard, String id) {
        return shard.find(id).orElseThrow(() -> Refusals.noSaga(id));
    }

    static List<SagaView> list(SagaShard shard, SagaQuery query) {
        TreeMap<String, SagaView> found = new TreeMap<>();
        shard.ended().values().forEach(each -> put(found, each.id(), query, each.view()));
        shard.strangers().views().forEach(each -> put(found, each.id(), query, each));
        for (Map.Entry<String, LiveSaga> each :
                shard.live().tailMap(query.after(), false).entrySet()) {
            put(found, each.getKey(), query, each.getValue().view());
        }
        return new ArrayList<>(found.values());
    }

    private static void put(TreeMap<String, SagaView> found, String id, SagaQuery query, SagaView view) {
        if (id.compareTo(query.after()) > 0 && query.takes(view)) {
            found.put(id, view);
            if (found.size() > query.limit()) {
                found.pollLastEntry();
            }
        }
    }

    static CompletionStage<SagaHistory> history(SagaShard shard, String id, boolean brief) {
        LiveSaga saga = shard.live().get(id);
        if (saga != null && brief) {
            return CompletableFuture.completedFuture(
                    new SagaHistory(id, saga.file().outline()));
        }
        find(shard, id);
        List<String> keys = saga != null ? saga.file().keys() : List.of(keyOf(shard, id));
        return read(shard, id, keys, 0, new ArrayList<>());
    }

    private static String keyOf(SagaShard shard, String id) {
        EndedSaga over = shard.ended().get(id);
        return over != null ? over.key() : new SagaIds.Key(shard.shard(), 0, id).toString();
    }

    private static CompletionStage<SagaHistory> read(
            SagaShard shard, String id, List<String> keys, int next, List<SagaEntry> found) {
        if (next == keys.size()) {
            return CompletableFuture.completedFuture(new SagaHistory(id, found));
        }
        return shard.journal()
                .readKey(
                        keys.get(next),
                        Long.MAX_VALUE,
                        1,
                        1,
                        ReadConsistency.LINEARIZABLE,
                        shard.side().loop().deadline(shard.side().config().commit()))
                .thenCompose(page -> {
                    page.records().stream()
                            .filter(record -> record.value().length > 0)
                            .forEach(record -> found.addAll(SagaEntryCodec.decode(record.value())));
                    return read(shard, id, keys, next + 1, found);
                });
    }
}
