package io.holdfast.sharding.entity;

import io.holdfast.core.call.CallContext;

/**
 * A call as it comes to the owner.
 *
 * @param entity whom it calls
 * @param method what names the method
 * @param arguments its arguments
 * @param id the same in all attempts
 * @param firstOpen the lowest number of the caller's session that still waits for its answer; nobody will ask for those below
 * @param introduced how many sessions the row had forgotten when the caller was introduced to it
 * @param copies this attempt and the earlier ones that got no answer, any of which may still come: as long as not all are here, whatever is answered must be stored, so that a late one finds it
 * @param context the caller's, with the deadline of the whole call
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record EntityCall(
        EntityId entity,
        long method,
        byte[] arguments,
        CallId id,
        long firstOpen,
        long introduced,
        int copies,
        CallContext context) {}
