package io.holdfast.sharding.job;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;

/** Runs bodies without threads: a body says how it goes on by {@link #lasts}, and then returns. */
final class SimRunner implements BodyRunner {
    /** What a body does over time. */
    interface Course {
        /** Completes when the body is over. */
        CompletionStage<?> begin();
    }

    private final Environment environment;
    private final ExecutorService threads;
    private Course course = () -> CompletableFuture.completedFuture(null);
    private Runnable atInterrupt = () -> {};

    SimRunner(Environment environment) {
        this.environment = environment;
        this.threads = environment.threads().handlers("bodies", 1000);
    }

    /** For a body: it is not over when it has returned, but when this is. */
    void goesOn(Course value) {
        course = value;
    }

    /** For the course of a body: it does this when it is interrupted. */
    void onInterrupt(Runnable value) {
        atInterrupt = value;
    }

    /** For a body: it takes so long. */
    void lasts(Duration time) {
        goesOn(() -> {
            CompletableFuture<Void> over = new CompletableFuture<>();
            environment.scheduler().schedule(time, () -> over.complete(null));
            return over;
        });
    }

    @Override
    public Running start(CallContext context, Body body) {
        CompletableFuture<Object> ended = new CompletableFuture<>();
        AtomicReference<Runnable> last = new AtomicReference<>(() -> {});
        threads.execute(() -> {
            if (ended.isDone()) {
                return;
            }
            course = () -> CompletableFuture.completedFuture(null);
            atInterrupt = () -> {};
            try {
                context.call(() -> {
                    body.run();
                    return body;
                });
                CompletionStage<?> over = course.begin();
                last.set(atInterrupt);
                over.whenComplete((any, error) -> {
                    if (error == null) {
                        ended.complete(body);
                    } else {
                        ended.completeExceptionally(error);
                    }
                });
            } catch (Exception e) {
                ended.completeExceptionally(e);
            }
        });
        return new Running() {
            @Override
            public CompletionStage<?> ended() {
                return ended;
            }

            @Override
            public void interrupt() {
                environment.scheduler().schedule(Duration.ofMillis(1), () -> {
                    if (!ended.isDone()) {
                        last.get().run();
                        ended.completeExceptionally(new InterruptedException());
                    }
                });
            }
        };
    }
}
