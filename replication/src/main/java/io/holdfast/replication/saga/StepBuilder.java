package io.holdfast.replication.saga;

import io.holdfast.core.Check;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.codec.TypeCodec;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A builder that stands behind a step, and says more of it. Not thread-safe.
 *
 * @param <I> the saga's input
 * @param <O> the step's result
 */
public final class StepBuilder<I, O> extends SagaBuilder<I> {
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final String name;
    private final TypeCodec<O> codec;
    private final StepFunction<I, O> function;
    private @Nullable Compensation<I, O> compensation;
    private @Nullable StatusCheck<I, O> status;
    private StepRetry retry = StepRetry.standard();
    private StepRetry undoRetry = StepRetry.patient();
    private Duration timeout = TIMEOUT;
    private boolean idempotent = true;

    StepBuilder(SagaBuilder<I> before, String name, TypeCodec<O> codec, StepFunction<I, O> function) {
        super(before.draft(), before.nodes());
        this.name = name;
        this.codec = codec;
        this.function = function;
    }

    /**
     * How the step is taken back. Without this it has nothing to be taken back.
     *
     * @param value idempotent by its key, and content if the step never happened
     * @return this
     */
    public StepBuilder<I, O> compensate(Compensation<I, O> value) {
        compensation = value;
        return this;
    }

    /**
     * How often the step is tried; {@link StepRetry#standard} if it is not told. When this is used up the saga is compensated.
     *
     * @param value the policy
     * @return this
     */
    public StepBuilder<I, O> retry(StepRetry value) {
        retry = value;
        return this;
    }

    /**
     * How often the compensation is tried; {@link StepRetry#patient} if it is not told. When this is used up the saga parks.
     *
     * @param value the policy
     * @return this
     */
    public StepBuilder<I, O> retryCompensation(StepRetry value) {
        undoRetry = value;
        return this;
    }

    /**
     * How long an attempt may take, in either direction: 30 s if it is not told. Then it is interrupted, and its outcome is unknown.
     *
     * @param value more than zero
     * @return this
     * @throws IllegalArgumentException if it is not positive
     */
    public StepBuilder<I, O> timeout(Duration value) {
        timeout = Check.positive("timeout of step " + name, value);
        return this;
    }

    /**
     * The step must not be called again when its outcome is unknown: the saga parks then, and an operator says what became of it.
     *
     * @return this
     */
    public StepBuilder<I, O> notIdempotent() {
        idempotent = false;
        return this;
    }

    /**
     * The step must not be called again when its outcome is unknown: this is asked what became of it.
     *
     * @param value asks, changing nothing
     * @return this
     */
    public StepBuilder<I, O> notIdempotent(StatusCheck<I, O> value) {
        idempotent = false;
        status = value;
        return this;
    }

    PlanNode.Task task() {
        return new PlanNode.Task(name, this::run, undo(), checked(), idempotent, retry, undoRetry, timeout, codec);
    }

    private byte[] run(PlanNode.StepCall call) throws Exception {
        return codec.encode(function.run(call.context(), draft().decode(call.input())));
    }

    private Optional<PlanNode.Body> undo() {
        Compensation<I, O> back = compensation;
        if (back == null) {
            return Optional.empty();
        }
        return Optional.of(call -> {
            Optional<O> result = call.result(name).map(codec::decode);
            back.undo(call.context(), draft().decode(call.input()), result);
            return NoResult.BYTES;
        });
    }

    private Optional<PlanNode.Body> checked() {
        StatusCheck<I, O> ask = status;
        if (ask == null) {
            return Optional.empty();
        }
        return Optional.of(call -> {
            StepStatus<O> found = ask.ask(call.context(), draft().decode(call.input()));
            if (found instanceof StepStatus.Done<O> done) {
                return codec.encode(done.result());
            } else if (found instanceof StepStatus.NotDone<O>) {
                return run(call);
            }
            throw new UnknownOutcomeException("the status of step " + name + " is unknown yet");
        });
    }
}
