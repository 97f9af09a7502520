package io.holdfast.examples.streaming.chart;

import io.holdfast.consensus.DistributedLock;
import io.holdfast.consensus.Lease;
import io.holdfast.consensus.Topic;
import io.holdfast.consensus.Versioned;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.WallClock;
import io.holdfast.examples.streaming.trending.Play;
import io.holdfast.examples.streaming.trending.Plays;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the day's plays to the charts. Every node tries at its time; the one that gets the lock counts, and whoever comes later in the same night finds that it was done. If the node dies in between, the
 * next one goes on where the last transaction ended. For use by one thread.
 */
public final class NightlyCount implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(NightlyCount.class);
    private static final int PAGE = 1_000;

    private final DistributedLock lock;
    private final Plays plays;
    private final Charts charts;
    private final WallClock clock;
    private final String node;
    private final Duration every;

    /**
     * Makes the task.
     *
     * @param lock lets one node count at a time
     * @param plays what is counted
     * @param charts the result
     * @param clock tells whether it was done already
     * @param node the name of this node
     * @param every how long a night is away from the next
     */
    public NightlyCount(
            DistributedLock lock, Plays plays, Charts charts, WallClock clock, String node, Duration every) {
        this.lock = lock;
        this.plays = plays;
        this.charts = charts;
        this.clock = clock;
        this.node = node;
        this.every = every;
    }

    @Override
    public void run() {
        Optional<Lease> mine = lock.tryLock();
        if (mine.isEmpty()) {
            return; // another node counts
        }
        try (Lease held = mine.get()) {
            count(held);
        }
    }

    private void count(Lease held) {
        Optional<Versioned<Counted>> before = charts.entry(ReadConsistency.LINEARIZABLE);
        Counted last = before.map(Versioned::value).orElse(Counted.NOTHING);
        long nowMillis = clock.now().toEpochMilli();
        if (nowMillis - last.atMillis() < every.toMillis() / 2 || last.token() > held.token()) {
            return; // done this night, or this node has slept while its lock went on to another
        }
        Map<Integer, Long> totals = charts.totals(ReadConsistency.LINEARIZABLE);
        long next = last.next();
        while (held.isHeld()) {
            Topic.Part<Play> part = plays.topic().read(next, PAGE, ReadConsistency.LINEARIZABLE);
            Map<Integer, Long> sums = new HashMap<>();
            part.messages().forEach(play -> sums.put(play.title(), totals.merge(play.title(), 1L, Long::sum)));
            next = part.first() + part.messages().size();
            if (!charts.add(before, sums, new Counted(next, held.token(), node, nowMillis))) {
                return; // somebody with a later lock was here
            }
            if (next >= part.end()) {
                log.info("node {} counted plays {} to {} under lock token {}", node, last.next(), next, held.token());
                return;
            }
            before = charts.entry(ReadConsistency.LINEARIZABLE);
            if (before.map(Versioned::value).orElse(Counted.NOTHING).token() != held.token()) {
                return;
            }
        }
    }
}
