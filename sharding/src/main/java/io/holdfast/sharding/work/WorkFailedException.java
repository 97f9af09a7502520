package io.holdfast.sharding.work;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/** The function threw an exception on a shard's owner; look into its log. What it did before is not taken back. */
public final class WorkFailedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    WorkFailedException(String name, int shard, String failure) {
        super("function " + name + " failed on shard " + shard + ": " + failure, Retry.NEVER, null);
    }
}
