package io.holdfast.benchmarks.consensus;

/** A client of a running cluster. */
interface KvClient extends KvStore, AutoCloseable {
    @Override
    void close();
}
