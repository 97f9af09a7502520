package io.holdfast.replication.cache;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Random reads, writes, changes by others, lost, late and doubled messages, failures, pauses and evictions, judged by the whole history of the origin: each answer was right at an instant within the bound
 * before it was given; revisions do not go back; who has written sees it; one read of a key at a time.
 */
class NearCachePropertyTest {
    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void answersAreWithinTheBoundAndMonotonicAndSeeOwnWrites(@ForAll long seed) {
        new NearCacheRun(seed, false).run(400);
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void writeBehindReadsItsWritesAndLosesNoneSilently(@ForAll long seed) {
        new NearCacheRun(seed, true).run(400);
    }
}
