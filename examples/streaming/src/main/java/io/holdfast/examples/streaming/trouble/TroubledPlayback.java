package io.holdfast.examples.streaming.trouble;

import io.holdfast.core.env.Scheduler;
import io.holdfast.examples.streaming.playback.History;
import io.holdfast.examples.streaming.playback.Playback;
import io.holdfast.examples.streaming.playback.Watched;
import io.holdfast.service.NonBlocking;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers late without a thread that waits. Safe for use by many threads. */
@NonBlocking
final class TroubledPlayback implements Playback {
    private final Playback well;
    private final ServiceTrouble trouble;
    private final Scheduler scheduler;

    TroubledPlayback(Playback well, ServiceTrouble trouble, Scheduler scheduler) {
        this.well = well;
        this.trouble = trouble;
        this.scheduler = scheduler;
    }

    @Override
    public CompletionStage<History> history(String user) {
        return later(well.history(user));
    }

    @Override
    public CompletionStage<History> merge(String user, List<Watched> watched) {
        return later(well.merge(user, watched));
    }

    private CompletionStage<History> later(CompletionStage<History> answer) {
        Duration delay = trouble.delay();
        if (trouble.fails()) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("this call fails on purpose, as the file of streaming.trouble says"));
        }
        if (delay.isZero()) {
            return answer;
        }
        CompletableFuture<Void> turn = new CompletableFuture<>();
        scheduler.schedule(delay, () -> turn.complete(null));
        return turn.thenCombine(answer, (waited, history) -> history);
    }
}
