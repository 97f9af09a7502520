package io.holdfast.examples.streaming.thumbnail;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.Versioned;
import io.holdfast.consensus.WorkItem;
import io.holdfast.consensus.WorkQueue;
import io.holdfast.consensus.WorkQueueOptions;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.examples.streaming.catalog.Catalog;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pictures and the orders for them. An order may be given and worked on twice, which is harmless: the first picture stays. Methods may throw what {@link ReplicatedMap} and {@link WorkQueue} throw.
 * Safe for use by many threads.
 */
public final class Thumbnails {
    private static final Logger log = LoggerFactory.getLogger(Thumbnails.class);

    /** Who takes an order has this long; then another node gets it. */
    private static final Duration VISIBILITY = Duration.ofSeconds(10);

    /** How many orders may wait; a further one is refused, and given again when the title is played once more. */
    private static final int MAX_ORDERS = 10_000;

    private static final int MAX_REMEMBERED = 1_000;

    private final ReplicatedMap<Integer, Thumbnail> pictures;
    private final WorkQueue<ThumbnailOrder> orders;
    private final Cache<Integer, Boolean> ordered;

    /**
     * Opens map and queue.
     *
     * @param consensus of this node
     * @param clock tells how old an order is
     */
    public Thumbnails(Consensus consensus, MonotonicClock clock) {
        pictures = consensus.map("thumbnails", Integer.class, Thumbnail.class);
        orders = consensus.queue(
                "thumbnail-orders",
                ThumbnailOrder.class,
                WorkQueueOptions.standard().withCapacity(MAX_ORDERS).withVisibility(VISIBILITY));
        ordered = Caffeine.newBuilder()
                .maximumSize(MAX_REMEMBERED)
                .expireAfterWrite(VISIBILITY.multipliedBy(2))
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .build();
    }

    /**
     * A picture as this node's replica knows it: one that is there never changes, and a page can do without one that is not there yet.
     *
     * @param title the title's id
     * @return the picture, or empty if there is none yet
     */
    public Optional<Thumbnail> find(int title) {
        return pictures.entry(title, ReadConsistency.LOCAL).map(Versioned::value);
    }

    /**
     * Orders the picture of a title that has none, in the background: nobody waits for it, and what fails is ordered again when the title is wanted again.
     *
     * @param title the title's id
     */
    public void want(int title) {
        if (ordered.getIfPresent(title) != null || find(title).isPresent()) {
            return;
        }
        ordered.put(title, true);
        orders.putAsync(new ThumbnailOrder(title)).whenComplete((number, error) -> {
            if (error != null) {
                ordered.invalidate(title);
                log.info("the picture of title {} is not ordered: {}", title, error.getMessage());
            }
        });
    }

    /**
     * Waits for an order and makes the picture. The order is gone only when the picture is there: if this node dies in between, another one gets it.
     *
     * @param catalog knows the title
     * @param node the name of this node
     * @param wait how long to wait for an order
     * @return whether there was one
     */
    public boolean makeNext(Catalog catalog, String node, Duration wait) {
        Optional<WorkItem<ThumbnailOrder>> taken = orders.poll(wait);
        taken.ifPresent(item -> {
            ThumbnailOrder order = item.value();
            if (order != null) { // a title that has gone from the catalogue needs none
                catalog.find(order.title())
                        .ifPresent(title -> pictures.putIfAbsent(title.id(), new Thumbnail(Drawing.of(title), node)));
            }
            item.ack();
        });
        return taken.isPresent();
    }
}
