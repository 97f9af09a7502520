package io.holdfast.core.transport;

import io.holdfast.core.Check;
import io.holdfast.core.call.CallContext;

/**
 * What is sent: a route on the other node, a context, bytes.
 *
 * @param route which handler takes it, for instance {@code swim} or {@code rpc/catalog}; at most 128 characters
 * @param context deadline, ids, criticality, principal; travels with the message
 * @param payload the bytes; not copied, so do not change them afterwards
 * @param lane what goes first
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record Message(String route, CallContext context, byte[] payload, Lane lane) {
    /** The longest route, in characters. */
    public static final int MAX_ROUTE = 128;

    /**
     * Validates the route.
     *
     * @param route as the component
     * @param context as the component
     * @param payload as the component
     * @param lane as the component
     * @throws IllegalArgumentException if it is empty or too long
     */
    public Message {
        Check.that(
                !route.isEmpty() && route.length() <= MAX_ROUTE,
                "route (%d characters) must have 1 to %d characters",
                route.length(),
                MAX_ROUTE);
    }

    /**
     * A call in the running thread's context.
     *
     * @param route which handler takes it
     * @param payload the bytes
     * @return the message, in {@link Lane#CALL}
     */
    public static Message of(String route, byte[] payload) {
        return new Message(route, CallContext.current(), payload, Lane.CALL);
    }

    /**
     * This message in another lane.
     *
     * @param value the lane
     * @return a copy
     */
    public Message withLane(Lane value) {
        return new Message(route, context, payload, value);
    }

    /**
     * This message in another context.
     *
     * @param value the context
     * @return a copy
     */
    public Message withContext(CallContext value) {
        return new Message(route, value, payload, lane);
    }
}
