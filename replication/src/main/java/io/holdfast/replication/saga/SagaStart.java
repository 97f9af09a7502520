package io.holdfast.replication.saga;

import io.holdfast.core.Check;

/**
 * What is to be started.
 *
 * @param id the saga's id: whoever starts it again with the same id and input gets the same saga. 1 to 200 bytes, no slash
 * @param definition its kind
 * @param version of the kind, or 0 for the newest that the owner knows
 * @param input its input, at most 64 KiB
 * @param trace the W3C traceparent of who starts it, or empty
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record SagaStart(String id, String definition, int version, byte[] input, String trace) {
    private static final int MAX_INPUT = 64 << 10;

    /**
     * Validates id and input.
     *
     * @param id as the component
     * @param definition as the component
     * @param version as the component
     * @param input as the component
     * @param trace as the component
     * @throws IllegalArgumentException if one is out of bounds
     */
    public SagaStart {
        SagaIds.check(id);
        Check.that(version >= 0, "version (%d) must not be negative; 0 is the newest", version);
        Check.that(
                input.length <= MAX_INPUT,
                "the input of saga %s (%d bytes) must have at most %d; keep it elsewhere and say where",
                id,
                input.length,
                MAX_INPUT);
        Check.that(trace.length() <= 64, "a traceparent (%d characters) must have at most 64", trace.length());
    }

    /**
     * A start of one definition.
     *
     * @param id the saga's id
     * @param definition its definition
     * @param input its input
     * @param <I> the class of the input
     * @return the start
     */
    public static <I> SagaStart of(String id, SagaDefinition<I> definition, I input) {
        return new SagaStart(id, definition.name(), definition.version(), definition.encode(input), "");
    }
}
