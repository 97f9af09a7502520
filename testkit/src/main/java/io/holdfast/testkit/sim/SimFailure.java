package io.holdfast.testkit.sim;

import org.jspecify.annotations.Nullable;

/** A simulation broke a rule. The message holds the seed that repeats it, the virtual time and the last events. */
public final class SimFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    /** The seed of the run. */
    private final long seed;

    SimFailure(long seed, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.seed = seed;
    }

    /**
     * The seed of the run.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }
}
