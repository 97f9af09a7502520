package io.holdfast.sharding.work;

import io.holdfast.core.HoldfastException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of a function on all shards. Each shard is in exactly one of the two.
 *
 * @param results each shard's part
 * @param failures why there is no part of a shard: the function threw ({@link WorkFailedException}), the shard had no owner in time ({@link io.holdfast.core.UnavailableException}), the function did not end in time
 *     ({@link io.holdfast.core.DeadlineExceededException}), or an answer was lost ({@link io.holdfast.core.UnknownOutcomeException})
 */
public record WorkReport(Map<Integer, byte[]> results, Map<Integer, HoldfastException> failures) {
    /**
     * Copies the maps, in the order of shards.
     *
     * @param results as the component
     * @param failures as the component
     */
    public WorkReport {
        results = Collections.unmodifiableMap(new TreeMap<>(results));
        failures = Collections.unmodifiableMap(new TreeMap<>(failures));
    }

    /**
     * Whether there is a part of every shard.
     *
     * @return true if nothing failed
     */
    public boolean isComplete() {
        return failures.isEmpty();
    }
}
