package io.holdfast.benchmarks.rpc;

/** One connection to an echo. Safe for use by many threads. */
interface EchoClient extends AutoCloseable {
    /**
     * Prepares one of the calls that will be in flight.
     *
     * @param caller told once for each call
     * @return makes the next call when it is run
     */
    Runnable call(Caller caller);

    /** Whether a call returns only when the answer is there, so that each call in flight needs a thread. */
    default boolean blocking() {
        return false;
    }

    @Override
    void close() throws Exception;
}
