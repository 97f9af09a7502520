package io.holdfast.replication.saga;

import io.holdfast.core.codec.TypeCodec;

/**
 * A kind of saga, in one version. Immutable.
 *
 * @param <I> the class of the input
 */
public final class SagaDefinition<I> {
    private final SagaPlan plan;
    private final TypeCodec<I> input;

    SagaDefinition(SagaPlan plan, TypeCodec<I> input) {
        this.plan = plan;
        this.input = input;
    }

    /**
     * The name.
     *
     * @return a DNS label
     */
    public String name() {
        return plan.name();
    }

    /**
     * The version.
     *
     * @return 1 or more
     */
    public int version() {
        return plan.version();
    }

    /**
     * What must not change without a new version: kinds, names and order of the steps.
     *
     * @return a line for each step
     */
    public String structure() {
        return plan.structure();
    }

    /**
     * The bytes of an input.
     *
     * @param value the input
     * @return its bytes
     * @throws io.holdfast.core.CodecException if it holds something that its type does not name
     */
    public byte[] encode(I value) {
        return input.encode(value);
    }

    SagaPlan plan() {
        return plan;
    }

    @Override
    public String toString() {
        return plan.toString();
    }
}
