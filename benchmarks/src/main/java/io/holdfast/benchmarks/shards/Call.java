package io.holdfast.benchmarks.shards;

/**
 * One call as its caller saw it.
 *
 * @param begin nanoseconds
 * @param end nanoseconds
 * @param shard where its entity lives
 * @param write whether it changes the entity
 * @param failure what it ended with; empty if it was done
 */
record Call(long begin, long end, int shard, boolean write, String failure) {
    boolean done() {
        return failure.isEmpty();
    }

    double millis() {
        return (end - begin) / 1e6;
    }
}
