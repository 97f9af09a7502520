package io.holdfast.replication.saga;

import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which saga goes on when though nothing happens: the wall clock says what is due, and is looked at every ten seconds at least, so that it is noticed when somebody sets it. Belongs to the loop. */
final class DueQueue {
    private static final long LONGEST_WAIT = Duration.ofSeconds(10).toMillis();

    private final SagaLoop loop;
    private final TreeSet<LiveSaga> queue =
            new TreeSet<>(Comparator.comparingLong(LiveSaga::due).thenComparing(LiveSaga::id));
    private @Nullable Registration timer;
    private long timerAt;

    DueQueue(SagaLoop loop) {
        this.loop = loop;
    }

    /** {@link Long#MAX_VALUE} for never. */
    void put(LiveSaga saga, long due) {
        if (saga.due() != due) {
            queue.remove(saga);
            saga.dueAt(due);
            if (due != Long.MAX_VALUE) {
                queue.add(saga);
            }
        }
        arm();
    }

    private void arm() {
        if (queue.isEmpty()) {
            return;
        }
        long now = loop.wallMillis();
        long at = Math.min(queue.first().due(), now + LONGEST_WAIT);
        if (timer != null && timerAt <= at) {
            return;
        }
        if (timer != null) {
            timer.close();
        }
        timerAt = at;
        timer = loop.schedule(Duration.ofMillis(Math.max(0, at - now)), this::tick);
    }

    private void tick() {
        timer = null;
        long now = loop.wallMillis();
        List<LiveSaga> due = new ArrayList<>();
        while (!queue.isEmpty() && queue.first().due() <= now) {
            LiveSaga saga = queue.pollFirst();
            saga.dueAt(Long.MAX_VALUE);
            due.add(saga);
        }
        due.forEach(LiveSaga::turn);
        arm();
    }

    void close() {
        if (timer != null) {
            timer.close();
        }
        queue.clear();
    }
}
