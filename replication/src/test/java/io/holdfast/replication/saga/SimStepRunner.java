package io.holdfast.replication.saga;

import io.holdfast.core.Deadline;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.env.Environment;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/** Calls that travel: the effect happens somewhere else, whatever becomes of the caller, and requests and answers may be late or lost. */
final class SimStepRunner implements StepRunner {
    private final SagaTracing tracing = new SagaTracing(TracerProvider.noop().get(""));
    private final Environment own;
    private final SplittableRandom random;
    private final BiConsumer<Duration, Runnable> world;
    private final BooleanSupplier faulty;

    SimStepRunner(
            Environment own, SplittableRandom random, BiConsumer<Duration, Runnable> world, BooleanSupplier faulty) {
        this.own = own;
        this.random = random;
        this.world = world;
        this.faulty = faulty;
    }

    private Duration way() {
        boolean slow = faulty.getAsBoolean() && random.nextInt(20) == 0;
        return Duration.ofMillis(1 + random.nextInt(slow ? 3000 : 30));
    }

    private boolean isLost() {
        return faulty.getAsBoolean() && random.nextInt(20) == 0;
    }

    @Override
    public Running start(Invocation invocation) {
        CompletableFuture<byte[]> ended = new CompletableFuture<>();
        Deadline deadline = Deadline.after(own.clock().nanoTime(), invocation.timeout());
        boolean lost = isLost();
        boolean unanswered = isLost();
        Duration back = way();
        if (!lost) {
            world.accept(way(), () -> {
                CompletableFuture<byte[]> answer = new CompletableFuture<>();
                try {
                    answer.complete(invocation.run(deadline, tracing));
                } catch (Exception e) {
                    answer.completeExceptionally(e);
                }
                if (!unanswered) {
                    own.scheduler()
                            .schedule(
                                    back,
                                    () -> answer.whenComplete((result, error) -> {
                                        if (error == null) {
                                            ended.complete(result);
                                        } else {
                                            ended.completeExceptionally(error);
                                        }
                                    }));
                }
            });
        }
        return new Running() {
            @Override
            public CompletionStage<byte[]> ended() {
                return ended;
            }

            @Override
            public void interrupt() {
                own.scheduler()
                        .schedule(
                                Duration.ofMillis(1),
                                () -> ended.completeExceptionally(new UnknownOutcomeException("interrupted")));
            }
        };
    }
}
