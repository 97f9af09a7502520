package io.holdfast.core.cluster;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * How fresh a read must be, from dear to cheap. Immutable.
 *
 * <p>The words are those of Herlihy and Wing, "Linearizability", 1990, and Terry et al., "Session guarantees", 1994 (read your writes).
 */
public sealed interface ReadConsistency {
    /** The read sees every write that was acknowledged to anyone before the read began. Needs a majority. */
    ReadConsistency LINEARIZABLE = new Linearizable();

    /** The read sees what the asked replica has applied, which may be old. Needs nobody else. */
    ReadConsistency LOCAL = new Local();

    /** See {@link ReadConsistency#LINEARIZABLE}. */
    record Linearizable() implements ReadConsistency {}

    /** See {@link ReadConsistency#LOCAL}. */
    record Local() implements ReadConsistency {}

    /**
     * See {@link ReadConsistency#atLeast}.
     *
     * @param revision the index that must be applied
     */
    record AtLeast(long revision) implements ReadConsistency {
        /**
         * Validates the revision.
         *
         * @param revision as the component
         * @throws IllegalArgumentException if it is negative
         */
        public AtLeast {
            Check.that(revision >= 0, "revision (%d) must not be negative", revision);
        }
    }

    /**
     * See {@link ReadConsistency#bounded}.
     *
     * @param staleness how old the answer may be
     */
    record Bounded(Duration staleness) implements ReadConsistency {
        /**
         * Validates the bound.
         *
         * @param staleness as the component
         * @throws IllegalArgumentException if it is zero or negative
         */
        public Bounded {
            Check.positive("staleness", staleness);
        }
    }

    /**
     * The read sees at least the state after that write: read your own writes, monotonic reads.
     *
     * @param revision the index of the write, zero or more
     * @return the level
     */
    static ReadConsistency atLeast(long revision) {
        return new AtLeast(revision);
    }

    /**
     * The read sees every write that was acknowledged earlier than so long ago. It is served at once if a read barrier of the replica that began within the bound, on its monotonic clock, has
     * passed; otherwise after a new one, which needs a majority.
     *
     * @param staleness how old the answer may be, more than zero
     * @return the level
     */
    static ReadConsistency bounded(Duration staleness) {
        return new Bounded(staleness);
    }
}
