package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.PolicyConfig;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The place of one gate in a policy: it makes the gate when its numbers come, hands the state on when they change, and closes it when they go. Guarded by the lock of its policy.
 *
 * @param <C> the block of numbers
 */
final class GateSlot<C> {
    private final Policy.Stage stage;
    private final Function<PolicyConfig, Optional<C>> block;
    private final Optional<C> defaults;
    private final Function<C, Gate<C>> maker;
    private @Nullable Gate<C> gate;

    /**
     * Makes an empty place.
     *
     * @param stage which stage it is
     * @param block finds its numbers
     * @param defaults the numbers where code asks for the stage and the configuration gives none; empty if they must be given
     * @param maker makes the gate
     */
    GateSlot(
            Policy.Stage stage,
            Function<PolicyConfig, Optional<C>> block,
            Optional<C> defaults,
            Function<C, Gate<C>> maker) {
        this.stage = stage;
        this.block = block;
        this.defaults = defaults;
        this.maker = maker;
    }

    Policy.Stage stage() {
        return stage;
    }

    /** Whether the configuration names this stage, so that every pipeline of the policy has it. */
    boolean isConfigured(PolicyConfig config) {
        return block.apply(config).isPresent();
    }

    /** The gate for these numbers, or null if the policy has none. */
    @Nullable Gate<C> change(PolicyConfig config, boolean asked) {
        C wanted = block.apply(config)
                .or(() -> asked ? defaults : Optional.empty())
                .orElse(null);
        Gate<C> current = gate;
        if (wanted == null) {
            close();
        } else if (current == null) {
            gate = maker.apply(wanted);
        } else if (!wanted.equals(current.numbers())) {
            gate = current.changedTo(wanted);
        }
        return gate;
    }

    void close() {
        if (gate != null) {
            gate.close();
            gate = null;
        }
    }
}
