package io.holdfast.examples.streaming.demo;

/** Where the demo says what happens. Safe for use by many threads. */
interface Screen extends AutoCloseable {
    /** Something happened. */
    void event(String what);

    /** How it goes; called about once a second. */
    void progress(Progress progress);

    /** Leaves the terminal as it was. */
    @Override
    void close();
}
