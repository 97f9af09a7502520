package io.holdfast.sharding.entity;

import io.holdfast.core.ProtocolException;
import io.holdfast.core.call.CallContext;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** The calls of entities that have caused a call, the first first: in the baggage, so that it outlives threads, nodes and services in between. */
final class CallPath {
    static final int MAX_DEPTH = 32;

    private static final String BAGGAGE = "holdfast-chain";
    private static final int DIGITS = 16;

    private CallPath() {}

    /**
     * Reads the path of a call.
     *
     * @throws ProtocolException if it is none, or too long
     */
    static long[] of(CallContext context) {
        String text = context.baggage().getOrDefault(BAGGAGE, "");
        if (text.length() % DIGITS != 0 || text.length() > MAX_DEPTH * DIGITS) {
            throw new ProtocolException("path of a call (" + text.length() / DIGITS + " calls) must be at most "
                    + MAX_DEPTH + " long; entities that call each other without end?");
        }
        long[] path = new long[text.length() / DIGITS];
        try {
            for (int i = 0; i < path.length; i++) {
                path[i] = HexFormat.fromHexDigitsToLong(text, i * DIGITS, (i + 1) * DIGITS);
            }
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("path of a call must be hexadecimal; the sender breaks the protocol", e);
        }
        return path;
    }

    /** Whether a call of an entity has caused it. */
    static boolean isCaused(CallContext context) {
        return context.baggage().containsKey(BAGGAGE);
    }

    /** Whether a call of an entity may be among those that have caused a call; of 65,536 others one is taken for it. */
    static boolean mayLeadThrough(CallContext context, EntityId entity) {
        String text = context.baggage().getOrDefault(BAGGAGE, "");
        String tag = HexFormat.of().toHexDigits(entity.tag());
        for (int end = DIGITS; end <= text.length(); end += DIGITS) {
            if (text.startsWith(tag, end - tag.length())) {
                return true;
            }
        }
        return false;
    }

    /** The context for what a call causes. */
    static CallContext within(CallContext context, long mark) {
        Map<String, String> baggage = new HashMap<>(context.baggage());
        baggage.merge(BAGGAGE, HexFormat.of().toHexDigits(mark), String::concat);
        return context.withBaggage(baggage);
    }
}
