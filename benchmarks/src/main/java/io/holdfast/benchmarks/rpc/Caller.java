package io.holdfast.benchmarks.rpc;

/** What a load loop hands to a peer for one of the calls in flight: told once for each call. */
interface Caller {
    /** The answer has come and is right. */
    void done();

    /**
     * The call failed.
     *
     * @param reason why
     */
    void failed(Throwable reason);
}
