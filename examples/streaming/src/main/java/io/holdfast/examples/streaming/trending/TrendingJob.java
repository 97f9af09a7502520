package io.holdfast.examples.streaming.trending;

import io.holdfast.consensus.Topic;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.service.LeaderOnly;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the newest plays and shows what is played most. Every node hosts it and one runs it: the row is the same everywhere. A node that is elected reads the newest plays once and then only what was
 * added. What it remembers is its own; what counts is in the topic, so nothing has to be handed over. For use by one thread at a time.
 */
public final class TrendingJob {
    private static final Logger log = LoggerFactory.getLogger(TrendingJob.class);

    private static final int WINDOW = 5_000;
    private static final int ROW = 10;
    private static final int PAGE = 1_000;

    private final Plays plays;
    private final Trending trending;
    private final String node;
    private final PlayWindow window = new PlayWindow(WINDOW);
    private long next;
    private long shown = -1;
    private long term;

    /**
     * Makes the job.
     *
     * @param plays what it counts
     * @param trending where it shows the result
     * @param node the name of this node
     */
    public TrendingJob(Plays plays, Trending trending, String node) {
        this.plays = plays;
        this.trending = trending;
        this.node = node;
    }

    @LeaderOnly(election = "trending", every = "10s")
    void recompute() {
        long token = CallContext.current().fencingToken().orElseThrow();
        if (token != term) {
            log.info("node {} makes the trending row in term {}", node, token);
            term = token;
            shown = -1;
        }
        follow();
        if (next != shown && trending.publish(new TrendingRow(window.top(ROW), next, node, token))) {
            shown = next;
        }
    }

    /** Adds what came since the last time. */
    private void follow() {
        long end = Long.MAX_VALUE;
        while (next < end) {
            Topic.Part<Play> part = plays.topic().read(next, PAGE, ReadConsistency.LINEARIZABLE);
            end = part.end();
            if (end - part.first() > window.size()) { // what does not fit need not be read
                next = end - window.size();
                continue;
            }
            part.messages().forEach(play -> window.add(play.title()));
            next = part.first() + part.messages().size();
        }
    }
}
