package io.holdfast.replication.saga;

import io.holdfast.core.HoldfastException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings histories that were read back to life. Belongs to the loop. */
final class ShardLoad {
    private final SagaShard shard;
    private final SagaSide side;
    private final List<LiveSaga> live = new ArrayList<>();
    private final List<EndedSaga> ended = new ArrayList<>();
    private final List<Strangers.Stranger> strangers = new ArrayList<>();

    ShardLoad(SagaShard shard, SagaSide side) {
        this.shard = shard;
        this.side = side;
    }

    List<LiveSaga> live() {
        return live;
    }

    /** The oldest first. */
    List<EndedSaga> ended() {
        ended.sort(Comparator.comparingLong(EndedSaga::endedMillis));
        return ended;
    }

    List<Strangers.Stranger> strangers() {
        return strangers;
    }

    void read(String id, Map<Integer, JournalScan.Chunk> chunks) {
        SagaFile file = new SagaFile(shard.shard(), id);
        List<SagaEntry> entries = List.of();
        try {
            entries = file.open(chunks);
            if (!end(id, file, entries)) {
                resume(id, file, entries);
            }
        } catch (HoldfastException flaw) {
            diverge(id, file, entries, String.valueOf(flaw.getMessage()));
        }
    }

    private boolean end(String id, SagaFile file, List<SagaEntry> entries) {
        SagaEntry last = entries.get(entries.size() - 1);
        SagaRecord record = last.records().get(last.records().size() - 1);
        boolean over = record instanceof SagaRecord.Ended && SagaIds.parent(id).isEmpty();
        if (over) {
            ended.add(new EndedSaga(
                    id, (SagaRecord.Ended) record, last.atMillis(), file.keys().get(0), file.offset()));
        }
        return over;
    }

    private void resume(String id, SagaFile file, List<SagaEntry> entries) {
        SagaState state = SagaReplay.replay(id, entries, started(entries), side);
        LiveSaga saga = new LiveSaga(shard, new SagaMachine(state), file);
        saga.committedAt(entries.get(entries.size() - 1).atMillis());
        live.add(saga);
    }

    private static Optional<SagaRecord.Started> started(List<SagaEntry> entries) {
        return entries.stream()
                .flatMap(entry -> entry.records().stream())
                .filter(SagaRecord.Started.class::isInstance)
                .map(SagaRecord.Started.class::cast)
                .findFirst();
    }

    private void diverge(String id, SagaFile file, List<SagaEntry> entries, String why) {
        Optional<SagaRecord.Started> started = started(entries);
        SagaView view = SagaView.stranger(
                id,
                started.map(SagaRecord.Started::definition).orElse("unknown"),
                started.map(SagaRecord.Started::version).orElse(0),
                entries.isEmpty() ? 0 : entries.get(0).atMillis(),
                why);
        strangers.add(new Strangers.Stranger(view, Optional.of(file), started));
    }
}
