package io.holdfast.replication.saga;

import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the histories of shards out of the journal that they share. Who asks while a scan runs is served by the next one together with all others who do, so a node that takes fifty shards over reads the
 * journal twice, not fifty times. Belongs to the loop.
 */
final class JournalScan {
    private static final Logger LOG = LoggerFactory.getLogger(JournalScan.class);
    private static final Duration PAGE_LIMIT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** A piece of a history. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Chunk(long offset, byte[] value) {}

    /** Who waits, for what the journal had at a revision at least. */
    private record Waiter(int shard, long revision, Consumer<Map<String, Map<Integer, Chunk>>> done) {}

    private final SagaLoop loop;
    private final ReplicatedJournal journal;
    private final List<Waiter> waiting = new ArrayList<>();
    private @Nullable Scan running;
    private boolean closed;

    JournalScan(SagaLoop loop, ReplicatedJournal journal) {
        this.loop = loop;
        this.journal = journal;
    }

    /** Hands over the chunks of all sagas of a shard, by id and number. It goes on until it succeeds. */
    void read(int shard, long revision, Consumer<Map<String, Map<Integer, Chunk>>> done) {
        waiting.add(new Waiter(shard, revision, done));
        begin();
    }

    void close() {
        closed = true;
    }

    private void begin() {
        if (running == null && !waiting.isEmpty()) {
            running = new Scan(List.copyOf(waiting));
            waiting.clear();
            running.page(0);
        }
    }

    private final class Scan {
        private final List<Waiter> served;
        private final ReadConsistency consistency;
        private final Map<Integer, Map<String, Map<Integer, Chunk>>> found = new HashMap<>();

        Scan(List<Waiter> served) {
            this.served = served;
            long revision = 0;
            for (Waiter waiter : served) {
                revision = Math.max(revision, waiter.revision());
                found.put(waiter.shard(), new HashMap<>());
            }
            this.consistency = ReadConsistency.atLeast(revision);
        }

        void page(long from) {
            loop.ask(
                    () -> journal.read(
                            from,
                            JournalRules.MAX_RECORDS,
                            JournalRules.MAX_PAGE_BYTES,
                            consistency,
                            loop.deadline(PAGE_LIMIT)),
                    (page, error) -> {
                        if (closed) {
                            return;
                        }
                        if (page == null) {
                            LOG.debug(
                                    "the journal of group {} could not be read; it is tried again",
                                    journal.group(),
                                    error);
                            loop.schedule(PAUSE, () -> page(from));
                        } else {
                            take(page);
                        }
                    });
        }

        private void take(ReplicatedJournal.Page page) {
            page.records().forEach(record -> SagaIds.parse(record.key()).ifPresent(key -> put(key, record)));
            if (!page.records().isEmpty() && page.next() < page.end()) {
                page(page.next());
                return;
            }
            running = null;
            served.forEach(waiter -> waiter.done().accept(found.getOrDefault(waiter.shard(), Map.of())));
            begin();
        }

        private void put(SagaIds.Key key, ReplicatedJournal.Recorded record) {
            Map<String, Map<Integer, Chunk>> sagas = found.get(key.shard());
            if (sagas == null) {
                return;
            }
            if (record.value().length > 0) {
                sagas.computeIfAbsent(key.id(), any -> new HashMap<>())
                        .put(key.chunk(), new Chunk(record.offset(), record.value()));
            } else {
                sagas.computeIfPresent(key.id(), (id, chunks) -> {
                    chunks.remove(key.chunk());
                    return chunks.isEmpty() ? null : chunks;
                });
            }
        }
    }
}
