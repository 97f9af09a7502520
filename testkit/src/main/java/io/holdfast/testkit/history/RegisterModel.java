package io.holdfast.testkit.history;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A register with compare-and-set; empty at first. The state is its value. */
public final class RegisterModel implements Model<Optional<String>, RegisterModel.Input, RegisterModel.Output> {
    /** What can be asked. */
    public sealed interface Input {}

    /** Asks for the value. */
    public record Read() implements Input {}

    /**
     * Sets the value.
     *
     * @param value the new value
     */
    public record Write(String value) implements Input {}

    /**
     * Sets the value if it is as expected.
     *
     * @param from the value expected; null for none
     * @param to the new value
     */
    public record Cas(@Nullable String from, String to) implements Input {}

    /** What can be answered. */
    public sealed interface Output {}

    /**
     * The answer to a read.
     *
     * @param value the value; null for none
     */
    public record Value(@Nullable String value) implements Output {}

    /** The answer to a write. */
    public record Written() implements Output {}

    /**
     * The answer to a compare-and-set.
     *
     * @param done whether the value was as expected and is now the new one
     */
    public record Swapped(boolean done) implements Output {}

    /** The model of one register. */
    public RegisterModel() {}

    @Override
    public Optional<String> initial() {
        return Optional.empty();
    }

    @Override
    public Optional<Optional<String>> step(Optional<String> state, Input input, Output output) {
        if (input instanceof Read && output instanceof Value read) {
            return state.equals(Optional.ofNullable(read.value())) ? Optional.of(state) : Optional.empty();
        }
        if (input instanceof Write write && output instanceof Written) {
            return Optional.of(Optional.of(write.value()));
        }
        if (input instanceof Cas cas && output instanceof Swapped swapped) {
            boolean matches = state.equals(Optional.ofNullable(cas.from()));
            return matches == swapped.done() ? Optional.of(effect(state, input)) : Optional.empty();
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> effect(Optional<String> state, Input input) {
        if (input instanceof Write write) {
            return Optional.of(write.value());
        }
        if (input instanceof Cas cas && state.equals(Optional.ofNullable(cas.from()))) {
            return Optional.of(cas.to());
        }
        return state;
    }

    @Override
    public boolean looksOnly(Input input, Output output) {
        return input instanceof Read || (output instanceof Swapped swapped && !swapped.done());
    }
}
