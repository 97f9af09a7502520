package io.holdfast.examples.streaming.trending;

import io.holdfast.consensus.LeaderElection;
import io.holdfast.consensus.Lease;
import io.holdfast.consensus.Topic;
import io.holdfast.core.cluster.ReadConsistency;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the newest plays and shows what is played most, on one node of the cluster at a time: it is the same row everywhere, so one is enough to make it. A new leader reads the newest plays once and
 * then only what was added. For one term.
 */
public final class TrendingJob implements LeaderElection.Duty {
    private static final Logger log = LoggerFactory.getLogger(TrendingJob.class);

    private static final int WINDOW = 5_000;
    private static final int ROW = 10;
    private static final int PAGE = 1_000;

    private final Plays plays;
    private final Trending trending;
    private final String node;
    private final Duration every;

    /**
     * Makes the job.
     *
     * @param plays what it counts
     * @param trending where it shows the result
     * @param node the name of this node
     * @param every how often it counts
     */
    public TrendingJob(Plays plays, Trending trending, String node, Duration every) {
        this.plays = plays;
        this.trending = trending;
        this.node = node;
        this.every = every;
    }

    @Override
    public void run(Lease term) throws InterruptedException {
        log.info("node {} makes the trending row in term {}", node, term.token());
        PlayWindow window = new PlayWindow(WINDOW);
        long shown = -1;
        long next = 0;
        while (term.isHeld()) {
            next = follow(window, next);
            if (next != shown) {
                if (!trending.publish(new TrendingRow(window.top(ROW), next, node, term.token()))) {
                    log.info("node {} stops to make the trending row: a later term has begun", node);
                    return;
                }
                shown = next;
            }
            Thread.sleep(every.toMillis());
        }
    }

    /** Adds what came since; returns the offset of the next play. */
    private long follow(PlayWindow window, long from) {
        long next = from;
        while (true) {
            Topic.Part<Play> part = plays.topic().read(next, PAGE, ReadConsistency.LINEARIZABLE);
            if (part.end() - part.first() > window.size()) { // what does not fit need not be read
                next = part.end() - window.size();
                continue;
            }
            part.messages().forEach(play -> window.add(play.title()));
            next = part.first() + part.messages().size();
            if (next >= part.end()) {
                return next;
            }
        }
    }
}
