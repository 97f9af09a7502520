package io.holdfast.replication.saga;

import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.codec.TypeCodec;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * One attempt of one step, ready to run: everything that it may read is copied or never changes, so it can run on any thread.
 *
 * @param plan the definition
 * @param saga the saga's id
 * @param step the step
 * @param direction whether it is done or taken back
 * @param attempt 1 for the first
 * @param keys its own key, and that of the effect
 * @param body what runs
 * @param input the saga's input
 * @param results of the steps that have one
 * @param timeout how long it may take
 * @param epoch the fencing token
 * @param trace the traceparent of who started the saga, or empty
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Invocation(
        SagaPlan plan,
        String saga,
        String step,
        Direction direction,
        int attempt,
        Keys keys,
        PlanNode.Body body,
        byte[] input,
        Map<String, byte[]> results,
        Duration timeout,
        long epoch,
        String trace) {
    static final int MAX_RESULT = 64 << 10;

    /** Keys of idempotency. */
    record Keys(String own, String effect) {}

    /** Runs it on the caller's thread. */
    byte[] run(Deadline deadline, SagaTracing tracing) throws Exception {
        Call call = new Call(deadline);
        Span span = tracing.attempt(this);
        CallContext context = tracing.context(
                CallContext.EMPTY.withDeadline(deadline).withCorrelationId(saga).withFencingToken(epoch), span, trace);
        try (Scope current = span.makeCurrent()) {
            return context.call(() -> checked(body.run(call)));
        } catch (Throwable e) {
            tracing.failed(span, e);
            throw e;
        } finally {
            span.end();
        }
    }

    private byte[] checked(byte[] result) {
        if (result.length > MAX_RESULT) {
            throw new SagaRefusedException("the result of step " + step + " of " + plan + " (" + result.length
                    + " bytes) must have at most " + MAX_RESULT + "; keep it elsewhere and return where");
        }
        return result;
    }

    private final class Call implements PlanNode.StepCall, StepContext {
        private final Deadline deadline;

        Call(Deadline deadline) {
            this.deadline = deadline;
        }

        @Override
        public StepContext context() {
            return this;
        }

        @Override
        public byte[] input() {
            return input;
        }

        @Override
        public Optional<byte[]> result(String asked) {
            return Optional.ofNullable(results.get(asked));
        }

        @Override
        public String sagaId() {
            return saga;
        }

        @Override
        public String step() {
            return step;
        }

        @Override
        public String idempotencyKey() {
            return keys.own();
        }

        @Override
        public String effectKey() {
            return keys.effect();
        }

        @Override
        public int attempt() {
            return attempt;
        }

        @Override
        public Deadline deadline() {
            return deadline;
        }

        @Override
        public long fencingToken() {
            return epoch;
        }

        @Override
        public <T> Optional<T> result(String asked, Class<T> type) {
            PlanNode.Leaf leaf = plan.leaf(asked);
            if (leaf == null) {
                throw new IllegalArgumentException("saga " + plan + " has no step " + asked + "; it has "
                        + plan.leaves().keySet());
            }
            TypeCodec<?> codec = leaf.result();
            return result(asked).map(codec::decode).map(type::cast);
        }
    }
}
