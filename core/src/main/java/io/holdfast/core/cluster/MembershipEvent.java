package io.holdfast.core.cluster;

/**
 * A member whose state, address or incarnation changed.
 *
 * @param member the member after the change
 */
public record MembershipEvent(Member member) {}
