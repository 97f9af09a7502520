package io.holdfast.consensus;

import io.holdfast.core.GroupId;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import java.util.Map;
import java.util.Set;

/** A batch over several groups was not done in all of them: in each it was done wholly, or failed as {@link #failures} tells. Put again what is not {@link #written}. */
public final class PartlyAppliedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    private final transient Set<?> written;
    private final transient Map<GroupId, Throwable> failures;

    PartlyAppliedException(Set<?> written, Map<GroupId, Throwable> failures) {
        super(
                "a batch failed in " + failures.keySet() + " and wrote " + written.size()
                        + " keys elsewhere; put again the keys that are not written. First failure: "
                        + failures.values().iterator().next().getMessage(),
                Retry.IF_IDEMPOTENT,
                failures.values().iterator().next());
        this.written = Set.copyOf(written);
        this.failures = Map.copyOf(failures);
    }

    /**
     * The keys that surely are written.
     *
     * @return keys of the batch, of the map's type
     */
    public Set<?> written() {
        return written;
    }

    /**
     * Why groups failed: {@link io.holdfast.core.UnknownOutcomeException} where the keys may be written all the same, anything else where they surely are not.
     *
     * @return the failure of each group that did
     */
    public Map<GroupId, Throwable> failures() {
        return failures;
    }
}
