package io.holdfast.replication.saga;

import io.holdfast.core.codec.TypeCodec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a definition is made of: leaves, and what runs beside each other. */
sealed interface PlanNode {
    /** What users wrote, with its types turned into bytes. */
    @FunctionalInterface
    interface Body {
        byte[] run(StepCall call) throws Exception;
    }

    /** What a body is called with. */
    interface StepCall {
        StepContext context();

        byte[] input();

        Optional<byte[]> result(String step);
    }

    /** Unique in its definition. */
    String name();

    /** Something that happens, after what stands before it. */
    sealed interface Leaf extends PlanNode {
        /** How a result becomes a value again. */
        TypeCodec<?> result();
    }

    /**
     * A call.
     *
     * @param undo its compensation
     * @param checked what is called instead when an earlier attempt may have done it, and it is not idempotent
     */
    record Task(
            String name,
            Body body,
            Optional<Body> undo,
            Optional<Body> checked,
            boolean idempotent,
            StepRetry retry,
            StepRetry undoRetry,
            Duration timeout,
            TypeCodec<?> result)
            implements Leaf {}

    /** Time that passes. */
    record Sleep(String name, Duration duration) implements Leaf {
        @Override
        public TypeCodec<?> result() {
            return NoResult.CODEC;
        }
    }

    /**
     * Something that comes from outside.
     *
     * @param timeout after which the saga is compensated; zero waits for ever
     */
    record Await(String name, Duration timeout, TypeCodec<?> result) implements Leaf {}

    /**
     * A saga of its own.
     *
     * @param body makes its input
     */
    record Child(
            String name,
            String definition,
            int version,
            Body body,
            StepRetry retry,
            Duration timeout,
            TypeCodec<?> result)
            implements Leaf {}

    /** Lists that run beside each other. */
    record Parallel(String name, List<List<PlanNode>> branches) implements PlanNode {}
}
