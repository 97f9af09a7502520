package io.holdfast.replication.saga;

import org.junit.jupiter.api.Tag;

/** Over 2,000 seeds. */
@Tag("slow")
class SagaSimNightlyTest extends SagaSimTest {
    @Override
    int seeds() {
        return 2000;
    }
}
