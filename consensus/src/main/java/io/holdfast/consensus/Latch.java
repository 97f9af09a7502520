package io.holdfast.consensus;

import io.holdfast.consensus.primitive.LatchType;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.consistency.Linearizable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A count that many take down and many wait for. It is open at zero, as it is at first. Each acknowledged step is counted exactly once.
 *
 * <p>Methods fail with {@link io.holdfast.core.NotAppliedException}, {@link io.holdfast.core.OverloadedException} or {@link io.holdfast.core.UnavailableException} (surely not done: try again)
 * and {@link io.holdfast.core.UnknownOutcomeException} (it may have been counted: read {@link #count} before trying again). Safe for use by many threads.
 */
public final class Latch implements Linearizable {
    private final Resource resource;

    Latch(Resource resource) {
        this.resource = resource;
    }

    /**
     * The latch's name.
     *
     * @return the name
     */
    public String name() {
        return resource.name();
    }

    /**
     * Closes the latch if it is open.
     *
     * @param count from where it counts down
     * @return whether it was open
     */
    public boolean trySet(int count) {
        return Waiting.await(() -> trySetAsync(count));
    }

    /**
     * See {@link #trySet}.
     *
     * @param count from where it counts down
     * @return whether it was open
     */
    public CompletionStage<Boolean> trySetAsync(int count) {
        int checked = (int) Check.between("count of latch " + name(), count, 1, LatchType.MAX_COUNT);
        return resource.submit(LatchType.set(checked)).thenApply(payload -> payload[0] == 1);
    }

    /**
     * Counts one down; nothing happens at zero.
     *
     * @return what is left
     */
    public int countDown() {
        return Waiting.await(() -> countDownAsync());
    }

    /**
     * See {@link #countDown}.
     *
     * @return what is left
     */
    public CompletionStage<Integer> countDownAsync() {
        return resource.submit(LatchType.countDown()).thenApply(Latch::decode);
    }

    /**
     * Reads the count.
     *
     * @param consistency how fresh it must be
     * @return what is left
     */
    public int count(ReadConsistency consistency) {
        return Waiting.await(() -> countAsync(consistency));
    }

    /**
     * See {@link #count}.
     *
     * @param consistency how fresh it must be
     * @return what is left
     */
    public CompletionStage<Integer> countAsync(ReadConsistency consistency) {
        return resource.ask(LatchType.get(), consistency).thenApply(Latch::decode);
    }

    private static int decode(byte[] payload) {
        return new ByteReader(payload).varint(LatchType.MAX_COUNT);
    }

    /**
     * Waits until the latch is open. One that is opened and set again at once may be missed by who waits.
     *
     * @param wait how long at most; the running call's deadline limits it too
     * @return whether it was seen open
     */
    public boolean await(Duration wait) {
        return Waiting.awaitOrCancel(() -> awaitAsync(wait), open -> {});
    }

    /**
     * See {@link #await}.
     *
     * @param wait how long at most
     * @return whether it was seen open. Cancelling the future ends the waiting
     */
    public CompletableFuture<Boolean> awaitAsync(Duration wait) {
        Deadline until = Deadline.after(resource.nowNanos(), wait)
                .earlier(CallContext.current().deadline());
        CompletableFuture<Optional<Boolean>> opened = resource.until(
                LatchType.get(),
                0,
                KeyRange.ALL,
                until,
                payload -> decode(payload) == 0 ? Optional.of(true) : Optional.<Boolean>empty());
        CompletableFuture<Boolean> result = opened.thenApply(Optional::isPresent);
        result.whenComplete((open, error) -> opened.cancel(false));
        return result;
    }
}
