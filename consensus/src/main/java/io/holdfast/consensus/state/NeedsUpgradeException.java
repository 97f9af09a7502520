package io.holdfast.consensus.state;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/** A command or snapshot was made by a newer build than this one. The replica stops before it diverges: start this node with a build that knows it, then it goes on where it stopped. */
public final class NeedsUpgradeException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is unknown, and what this build knows
     */
    public NeedsUpgradeException(String message) {
        super("NEEDS_UPGRADE: " + message, Retry.NEVER, null);
    }
}
