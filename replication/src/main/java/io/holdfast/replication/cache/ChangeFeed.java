package io.holdfast.replication.cache;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Registration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells a {@link ChangeListener} of changes until it is closed. */
public interface ChangeFeed extends Registration {
    /** Of a map that tells of nothing: copies live as long as the staleness bound lets them, counted from before they were read. */
    ChangeFeed NONE = new ChangeFeed() {
        @Override
        public CompletionStage<Void> settle() {
            return CompletableFuture.failedFuture(
                    new UnavailableException(
                            "this map does not tell of changes, so nobody can vouch that all were told; copies live by the staleness bound alone"));
        }

        @Override
        public void close() {}
    };

    /**
     * Asks the origin, and waits until every change has been told that was acknowledged before this call, or a {@link ChangeListener#gap} instead. The cache asks several times within its staleness
     * bound, also while an earlier question is open; a change that was told meanwhile need not be waited for twice.
     *
     * @return ends when that is so; fails, or never ends, if nobody can tell
     */
    CompletionStage<Void> settle();
}
