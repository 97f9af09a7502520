package io.holdfast.consensus;

import io.holdfast.core.env.Registration;
import java.util.concurrent.CompletionStage;

/** A node that stands for an office, from {@link LeaderElection#lead} until it is closed. Safe for use by many threads. */
public interface Candidacy extends Registration {
    /** Begins to {@link #withdraw} and returns at once. */
    @Override
    void close();

    /**
     * Interrupts the duty if it runs, gives the office back when the duty has returned, and stands no more. Calling it again does no harm.
     *
     * @return completes when no duty runs here any more and the group has taken the office back, or knows that the session has ended; with whether this node had served at all. It does not
     *     complete while a duty ignores its interrupt: wait with a limit
     */
    CompletionStage<Boolean> withdraw();
}
