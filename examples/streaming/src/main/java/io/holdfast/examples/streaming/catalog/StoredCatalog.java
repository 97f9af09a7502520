package io.holdfast.examples.streaming.catalog;

import io.holdfast.HoldfastNode;
import io.holdfast.consensus.DistributedLock;
import io.holdfast.consensus.Lease;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.call.Waiting;
import io.holdfast.replication.cache.NearCache;
import io.holdfast.replication.cache.NearCacheOptions;
import io.holdfast.replication.quorum.LatestMap;
import io.holdfast.replication.quorum.QuorumOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalogue in a quorum map, of which any two of three nodes answer. A title is answered from a copy that is at most {@link #STALENESS} old; lists and searches are answered from the table that comes with the example.
 *
 * <p>The map is filled from that table once in the life of the cluster. Until this node has seen that it is full, it answers titles from the table as well. Safe for use by many threads.
 */
public final class StoredCatalog implements Catalog {
    /** How old a copy of a title may be that is answered. */
    public static final Duration STALENESS = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(StoredCatalog.class);
    private static final String FULL = "titles";

    /** So many writes are under way at once: enough to share the syncs of the disks, and few enough to leave room for others. */
    private static final int BATCH = 100;

    private final CatalogService table = new CatalogService();
    private final LatestMap<Integer, Title> titles;
    private final NearCache<Integer, Title> copies;
    private final LatestMap<String, Integer> marks;
    private final DistributedLock filling;
    private volatile boolean full;

    /**
     * Opens the maps.
     *
     * @param node it must be ready; it has one such catalogue
     */
    public StoredCatalog(HoldfastNode node) {
        titles = node.latestMap("titles", Integer.class, Title.class, QuorumOptions.MAJORITY);
        copies = node.nearCache(titles, NearCacheOptions.bounded(STALENESS));
        marks = node.latestMap("catalogue", String.class, Integer.class, QuorumOptions.MAJORITY);
        filling = node.lock("catalogue");
    }

    /**
     * Looks whether the map is full; if that cannot be told now, {@link #fill} tells later.
     *
     * @return whether titles are answered from the map now
     */
    public boolean look() {
        try {
            return seenFull();
        } catch (HoldfastException unknown) {
            log.info("whether the catalogue is filled is not known yet: {}", unknown.getMessage());
            return false;
        }
    }

    private boolean seenFull() {
        full = full || marks.get(FULL).isPresent();
        return full;
    }

    /**
     * Fills the map, unless that was done or another node does it: one node at a time, and none after the mark is there, which is written last. What it could not write is written by the next who tries. Throws what
     * {@link LatestMap} and {@link DistributedLock} throw.
     */
    public void fill() {
        if (full || seenFull()) {
            return;
        }
        Optional<Lease> mine = filling.tryLock();
        if (mine.isEmpty()) {
            return;
        }
        try (Lease held = mine.get()) {
            if (!seenFull()) {
                write(held);
            }
        }
    }

    private void write(Lease held) {
        List<Title> all = all();
        for (int from = 0; from < all.size(); from += BATCH) {
            if (!held.isHeld()) {
                return; // another node may be at it
            }
            List<Title> batch = all.subList(from, Math.min(all.size(), from + BATCH));
            Waiting.await(() -> written(batch));
        }
        marks.put(FULL, all.size());
        full = true;
        log.info("the catalogue is filled with {} titles", all.size());
    }

    private List<Title> all() {
        List<Title> all = new ArrayList<>();
        for (Optional<Title> next = table.find(1); next.isPresent(); next = table.find(all.size() + 1)) {
            all.add(next.get());
        }
        return all;
    }

    private CompletableFuture<Integer> written(List<Title> batch) {
        return CompletableFuture.allOf(batch.stream()
                        .map(title -> titles.putAsync(title.id(), title).toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> batch.size());
    }

    @Override
    public Optional<Title> find(int id) {
        return full ? copies.get(id) : table.find(id);
    }

    @Override
    public List<Title> search(String text, int limit) {
        return table.search(text, limit);
    }

    @Override
    public List<Title> browse(int offset, int limit) {
        return table.browse(offset, limit);
    }

    @Override
    public List<Title> popular(int limit) {
        return table.popular(limit);
    }

    @Override
    public List<Title> ofGenre(String genre, int limit) {
        return table.ofGenre(genre, limit);
    }

    @Override
    public List<String> genres() {
        return table.genres();
    }
}
