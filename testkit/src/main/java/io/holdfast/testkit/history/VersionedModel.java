package io.holdfast.testkit.history;

import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One key of a map with revisions: absent at first; each write of the key has a greater revision than the one before, also across a removal. Revisions may jump, as they do when
 * all keys of a map share one sequence.
 */
public final class VersionedModel implements Model<VersionedModel.State, VersionedModel.Input, VersionedModel.Output> {
    /** What can be asked. */
    public sealed interface Input {}

    /** Asks for the value. */
    public record Get() implements Input {}

    /**
     * Sets the value.
     *
     * @param value the new value
     */
    public record Put(String value) implements Input {}

    /**
     * Sets the value if it still has a revision.
     *
     * @param value the new value
     * @param revision the revision expected
     */
    public record Replace(String value, long revision) implements Input {}

    /** Removes the value. */
    public record Remove() implements Input {}

    /** What can be answered. */
    public sealed interface Output {}

    /**
     * The value is set.
     *
     * @param revision its revision, at least 1
     */
    public record Stored(long revision) implements Output {}

    /**
     * The answer to a get that finds a value.
     *
     * @param value the value
     * @param revision its revision
     */
    public record Found(String value, long revision) implements Output {}

    /** The answer to a get that finds none. */
    public record Absent() implements Output {}

    /** The answer to a replace whose revision is not the current one. */
    public record Refused() implements Output {}

    /**
     * The answer to a remove.
     *
     * @param present whether there was a value
     */
    public record Removed(boolean present) implements Output {}

    /**
     * The key.
     *
     * @param value its value; null if absent
     * @param revision the latest revision, or the least it can be
     * @param exact whether the revision is known; it is not while nobody has seen it
     */
    public record State(@Nullable String value, long revision, boolean exact) {
        private boolean mayBe(long other) {
            return value != null && (exact ? revision == other : other >= revision);
        }
    }

    /** The revisions that clients were told: each has to come after all smaller ones. */
    private final NavigableSet<Long> told;

    /** The model of one key. */
    public VersionedModel() {
        this(new TreeSet<>());
    }

    private VersionedModel(NavigableSet<Long> told) {
        this.told = told;
    }

    @Override
    public VersionedModel knowing(List<Operation<Input, Output>> operations) {
        NavigableSet<Long> revisions = new TreeSet<>();
        for (Operation<Input, Output> operation : operations) {
            if (operation.outcome() instanceof Outcome.Ok<Output> ok) {
                if (ok.output() instanceof Stored stored) {
                    revisions.add(stored.revision());
                } else if (ok.output() instanceof Found found) {
                    revisions.add(found.revision());
                }
            }
        }
        return new VersionedModel(revisions);
    }

    private boolean isNext(State state, long revision) {
        Long before = told.lower(revision);
        return revision > state.revision() && (before == null || state.revision() >= before);
    }

    @Override
    public State initial() {
        return new State(null, 0, true);
    }

    @Override
    public Optional<State> step(State state, Input input, Output output) {
        if (input instanceof Get) {
            return got(state, output);
        }
        if (input instanceof Put put && output instanceof Stored stored) {
            return isNext(state, stored.revision())
                    ? Optional.of(new State(put.value(), stored.revision(), true))
                    : Optional.empty();
        }
        if (input instanceof Replace replace) {
            return replaced(state, replace, output);
        }
        if (input instanceof Remove && output instanceof Removed removed) {
            return removed.present() == (state.value() != null) ? Optional.of(effect(state, input)) : Optional.empty();
        }
        return Optional.empty();
    }

    private static Optional<State> got(State state, Output output) {
        if (output instanceof Found found && found.value().equals(state.value()) && state.mayBe(found.revision())) {
            return Optional.of(new State(found.value(), found.revision(), true));
        }
        return output instanceof Absent && state.value() == null ? Optional.of(state) : Optional.empty();
    }

    private Optional<State> replaced(State state, Replace replace, Output output) {
        if (output instanceof Stored stored) {
            boolean matches = state.mayBe(replace.revision())
                    && stored.revision() > replace.revision()
                    && isNext(new State(replace.value(), replace.revision(), true), stored.revision());
            return matches ? Optional.of(new State(replace.value(), stored.revision(), true)) : Optional.empty();
        }
        boolean surelyMatches = state.exact() && state.mayBe(replace.revision());
        return output instanceof Refused && !surelyMatches ? Optional.of(state) : Optional.empty();
    }

    @Override
    public State effect(State state, Input input) {
        if (input instanceof Put put) {
            return new State(put.value(), state.revision() + 1, false);
        }
        if (input instanceof Replace replace && state.mayBe(replace.revision())) {
            return new State(replace.value(), replace.revision() + 1, false);
        }
        if (input instanceof Remove && state.value() != null) {
            return new State(null, state.revision(), state.exact());
        }
        return state;
    }

    @Override
    public boolean looksOnly(Input input, Output output) {
        return input instanceof Get
                || output instanceof Refused
                || (output instanceof Removed removed && !removed.present());
    }
}
