package io.holdfast.core.call;

import io.holdfast.core.Check;

/**
 * The W3C Trace Context of a call (W3C Recommendation "Trace Context", section 3).
 *
 * @param traceId 32 lowercase hex digits, not all zero
 * @param spanId 16 lowercase hex digits, not all zero
 * @param flags the trace flags as bits; bit 0 is "sampled". Test bits, never compare the whole
 * @param state the {@code tracestate} header, at most 512 characters; empty if there is none
 */
public record TraceContext(String traceId, String spanId, int flags, String state) {
    /**
     * Validates the parts.
     *
     * @param traceId as the component
     * @param spanId as the component
     * @param flags as the component
     * @param state as the component
     * @throws IllegalArgumentException if one of them has another form
     */
    public TraceContext {
        Check.that(isHexId(traceId, 32), "trace id (%s) must be 32 lowercase hex digits, not all zero", traceId);
        Check.that(isHexId(spanId, 16), "span id (%s) must be 16 lowercase hex digits, not all zero", spanId);
        Check.between("trace flags", flags, 0, 255);
        Check.that(state.length() <= 512, "tracestate (%d characters) must have at most 512", state.length());
    }

    /**
     * Whether the caller recorded the trace.
     *
     * @return bit 0 of the flags
     */
    public boolean sampled() {
        return (flags & 1) != 0;
    }

    private static boolean isHexId(String id, int length) {
        boolean nonZero = false;
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
            nonZero |= c != '0';
        }
        return nonZero && id.length() == length;
    }
}
