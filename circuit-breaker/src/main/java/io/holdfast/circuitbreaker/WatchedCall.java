package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.chaos.Watch;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call whose end an experiment wants to know. */
record WatchedCall(Watch watch, Judgement judgement) {
    <T> T call(Callable<T> call) throws Exception {
        T value;
        try {
            value = call.call();
        } catch (Throwable e) {
            ended(e);
            throw e;
        }
        ended(null);
        return value;
    }

    <T> CompletableFuture<T> follow(CompletableFuture<T> called) {
        called.whenComplete((value, error) -> ended(error == null ? judgement.failure(value) : Pipeline.unwrap(error)));
        return called;
    }

    private void ended(@Nullable Throwable error) {
        Ending ending = judgement.ending(error);
        if (ending != Ending.SILENT) {
            watch.ended(ending == Ending.GOOD);
        }
    }
}
