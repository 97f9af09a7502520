package io.holdfast.testkit.history;

import java.util.Optional;

/** A counter that answers an addition with the new value; zero at first. The state is its value. */
public final class CounterModel implements Model<Long, CounterModel.Input, CounterModel.Value> {
    /** What can be asked. */
    public sealed interface Input {}

    /** Asks for the value. */
    public record Read() implements Input {}

    /**
     * Adds.
     *
     * @param amount what is added, also negative
     */
    public record Add(long amount) implements Input {}

    /**
     * The answer to both.
     *
     * @param value the value, after the addition
     */
    public record Value(long value) {}

    /** The model of one counter. */
    public CounterModel() {}

    @Override
    public Long initial() {
        return 0L;
    }

    @Override
    public Optional<Long> step(Long state, Input input, Value output) {
        Long after = effect(state, input);
        return after == output.value() ? Optional.of(after) : Optional.empty();
    }

    @Override
    public Long effect(Long state, Input input) {
        return input instanceof Add add ? Long.valueOf(state + add.amount()) : state;
    }

    @Override
    public boolean looksOnly(Input input, Value output) {
        return input instanceof Read;
    }
}
