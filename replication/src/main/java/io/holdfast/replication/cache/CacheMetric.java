package io.holdfast.replication.cache;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of near caches. */
public enum CacheMetric implements MetricName {
    /** Reads. */
    GET(MetricSpec.counter(
            "holdfast.cache.get",
            "Reads of a near cache: answered from it, from a write that waits in it, or by the origin because nothing was kept or what was kept is too old or was changed.",
            "cache=<name in the code>",
            "result=hit|queued|miss|stale")),
    /** Reads of the origin. */
    LOAD(MetricSpec.timer(
            "holdfast.cache.load",
            "How long reads of the origin took, in seconds; again: the answer was older than what this node had written or than the bound, and it was asked again.",
            "cache=<name in the code>",
            "result=done|failed|again")),
    /** Reads ahead. */
    REFRESH(MetricSpec.counter(
            "holdfast.cache.refresh",
            "Copies that were read anew before they were too old.",
            "cache=<name in the code>")),
    /** Calls refused at the bound. */
    REFUSED(MetricSpec.counter(
            "holdfast.cache.refused",
            "Reads and writes that were refused because a bound was reached.",
            "cache=<name in the code>",
            "bound=calls|queue")),
    /** What the feed told. */
    CHANGE(MetricSpec.counter(
            "holdfast.cache.change",
            "What the feed told: changes of keys, and gaps after which copies are read anew.",
            "cache=<name in the code>",
            "kind=key|gap")),
    /** How far back the feed vouches. */
    VOUCHED_AGE(MetricSpec.gauge(
            "holdfast.cache.vouched.age",
            "How long ago all changes were surely told, in seconds; above the staleness bound copies are answered only as long as they are young themselves.",
            "cache=<name in the code>")),
    /** Entries. */
    ENTRIES(MetricSpec.gauge("holdfast.cache.entries", "What is kept, about.", "cache=<name in the code>")),
    /** Writes. */
    WRITE(MetricSpec.timer(
            "holdfast.cache.write",
            "How long writes of the origin took, in seconds.",
            "cache=<name in the code>",
            "result=done|not_done|unknown")),
    /** Writes that wait. */
    QUEUED(MetricSpec.gauge(
            "holdfast.cache.queued", "Keys with a write that waits or is under way.", "cache=<name in the code>")),
    /** Writes that took the place of others. */
    COALESCED(MetricSpec.counter(
            "holdfast.cache.coalesced", "Writes that took the place of one that waited.", "cache=<name in the code>")),
    /** Writes given up. */
    UNWRITTEN(MetricSpec.counter(
            "holdfast.cache.unwritten",
            "Writes that had been accepted and were given up: the origin refuses them, or the cache was closed before.",
            "cache=<name in the code>"));

    private final MetricSpec spec;

    CacheMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
