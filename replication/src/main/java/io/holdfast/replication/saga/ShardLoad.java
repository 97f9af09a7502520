package io.holdfast.replication.saga;

import io.holdfast.core.HoldfastException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings histories that were read back to life. Belongs to the loop. */
final class ShardLoad {
    private static final Logger LOG = LoggerFactory.getLogger(ShardLoad.class);

    private final SagaShard shard;
    private final SagaSide side;
    private final List<LiveSaga> live = new ArrayList<>();
    private final List<EndedSaga> ended = new ArrayList<>();
    private final Map<String, SagaView> diverged = new TreeMap<>();

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

    Map<String, SagaView> diverged() {
        return diverged;
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
            diverge(id, entries, String.valueOf(flaw.getMessage()));
        }
    }

    private boolean end(String id, SagaFile file, List<SagaEntry> entries) {
        SagaEntry last = entries.get(entries.size() - 1);
        SagaRecord record = last.records().get(last.records().size() - 1);
        boolean over = record instanceof SagaRecord.Ended && SagaIds.parent(id).isEmpty();
        if (over) {
            ended.add(new EndedSaga(
                    id,
                    (SagaRecord.Ended) record,
                    last.atMillis(),
                    file.keys().get(0),
                    file.offset()));
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

    private void diverge(String id, List<SagaEntry> entries, String why) {
        LOG.error("saga {} is not run: {}", id, why);
        Optional<SagaRecord.Started> started = started(entries);
        diverged.put(
                id,
                new SagaView(
                        id,
                        started.map(SagaRecord.Started::definition).orElse("?"),
                        started.map(SagaRecord.Started::version).orElse(0),
                        SagaView.Status.DIVERGED,
                        entries.isEmpty() ? 0 : entries.get(0).atMillis(),
                        0,
                        why,
                        NoResult.BYTES,
                        List.of()));
    }
}
