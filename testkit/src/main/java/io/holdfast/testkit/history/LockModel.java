package io.holdfast.testkit.history;

import java.util.Optional;

/**
 * A lock whose fencing tokens strictly grow ("How to do distributed locking", Kleppmann 2016).
 *
 * @param leases whether a holder may lose the lock by time, which a checker that knows no time must allow at any moment; false where leases outlast the test
 * @param reentrant whether the holder gets its own token again when it acquires once more
 */
public record LockModel(boolean leases, boolean reentrant)
        implements Model<LockModel.State, LockModel.Input, LockModel.Output> {
    /** What can be asked. */
    public sealed interface Input {}

    /**
     * Asks for the lock, without waiting.
     *
     * @param owner who asks
     */
    public record Acquire(String owner) implements Input {}

    /**
     * Gives the lock back.
     *
     * @param token the token of the acquisition
     */
    public record Release(long token) implements Input {}

    /** What can be answered. */
    public sealed interface Output {}

    /**
     * The caller has the lock.
     *
     * @param token the fencing token, at least 1
     */
    public record Acquired(long token) implements Output {}

    /** Another one has the lock. */
    public record Held() implements Output {}

    /**
     * The answer to a release.
     *
     * @param done whether the token held the lock until now
     */
    public record Released(boolean done) implements Output {}

    /**
     * The lock.
     *
     * @param owner who holds it; empty if it is free
     * @param token the latest token, or the least it can be
     * @param exact whether the token is known; it is not while nobody has seen it
     */
    public record State(String owner, long token, boolean exact) {
        private boolean held() {
            return !owner.isEmpty();
        }

        private boolean mayBe(long other) {
            return exact ? token == other : other >= token;
        }

        private State free(long last) {
            return new State("", last, true);
        }
    }

    /**
     * A lock that is held until it is released, by one acquisition.
     *
     * @return the model
     */
    public static LockModel strict() {
        return new LockModel(false, false);
    }

    /**
     * The same lock with leases that may end.
     *
     * @return a new model
     */
    public LockModel withLeases() {
        return new LockModel(true, reentrant);
    }

    /**
     * The same lock that lets its holder in again.
     *
     * @return a new model
     */
    public LockModel withReentrance() {
        return new LockModel(leases, true);
    }

    @Override
    public State initial() {
        return new State("", 0, true);
    }

    @Override
    public Optional<State> step(State state, Input input, Output output) {
        if (input instanceof Acquire acquire && output instanceof Acquired acquired) {
            return acquired(state, acquire.owner(), acquired.token());
        }
        if (input instanceof Acquire && output instanceof Held) {
            return state.held() ? Optional.of(state) : Optional.empty();
        }
        if (input instanceof Release release && output instanceof Released released) {
            return released.done() ? released(state, release.token()) : refused(state, release.token());
        }
        return Optional.empty();
    }

    private Optional<State> acquired(State state, String owner, long token) {
        if (reentrant && state.owner().equals(owner) && state.mayBe(token)) {
            return Optional.of(new State(owner, token, true));
        }
        boolean free = !state.held() || leases;
        return free && token > state.token() ? Optional.of(new State(owner, token, true)) : Optional.empty();
    }

    private static Optional<State> released(State state, long token) {
        return state.held() && state.mayBe(token) ? Optional.of(state.free(token)) : Optional.empty();
    }

    private Optional<State> refused(State state, long token) {
        boolean holds = state.held() && state.exact() && state.token() == token;
        if (!holds) {
            return Optional.of(state);
        }
        return leases ? Optional.of(state.free(token)) : Optional.empty();
    }

    @Override
    public State effect(State state, Input input) {
        if (input instanceof Release release) {
            return released(state, release.token()).orElse(state);
        }
        if (input instanceof Acquire acquire && (!state.held() || leases)) {
            boolean again = reentrant && state.owner().equals(acquire.owner());
            return again ? state : new State(acquire.owner(), state.token() + 1, false);
        }
        return state;
    }

    @Override
    public boolean looksOnly(Input input, Output output) {
        return output instanceof Held || (!leases && output instanceof Released released && !released.done());
    }
}
