package io.holdfast.replication.saga;

import org.junit.jupiter.api.Tag;

/** At each event. */
@Tag("slow")
class SagaBoundariesNightlyTest extends SagaBoundariesTest {
    @Override
    int stride() {
        return 1;
    }
}
