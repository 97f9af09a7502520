package io.holdfast.replication.saga;

/** What somebody asks of a saga that was started. Each is safe to repeat. */
public sealed interface SagaOperation {
    /**
     * The saga.
     *
     * @return its id; a child's is {@code <parent>/<step>}
     */
    String saga();

    /**
     * Something that the saga waits for, or will wait for, has come. The first payload counts.
     *
     * @param saga the saga
     * @param signal the name of the step that waits
     * @param payload what it carries, as the codec of the step's type has it; at most 64 KiB
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Signal(String saga, String signal, byte[] payload) implements SagaOperation {}

    /**
     * Begin nothing new, take back what was done.
     *
     * @param saga the saga
     * @param by who wants it
     */
    record Cancel(String saga, String by) implements SagaOperation {}

    /**
     * Try a parked step again, with all its attempts.
     *
     * @param saga the saga
     * @param step the step
     * @param by who wants it
     */
    record Retry(String saga, String step, String by) implements SagaOperation {}

    /**
     * A parked step, or its compensation, counts as done: the operator saw to it.
     *
     * @param saga the saga
     * @param step the step
     * @param result the step's result, as the codec of its type has it; ignored for a compensation
     * @param by who says so
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Resolve(String saga, String step, byte[] result, String by) implements SagaOperation {}

    /**
     * Give the saga up as it stands, with its children: something may be left undone, or done.
     *
     * @param saga the saga
     * @param by who wants it
     */
    record Abort(String saga, String by) implements SagaOperation {}
}
