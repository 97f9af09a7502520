package io.holdfast.core.cluster;

/** What this node believes of a member (SWIM, section 4.2). */
public enum MemberState {
    /** It answers. */
    ALIVE,
    /** It did not answer, directly or through others; it has a while to refute. */
    SUSPECT,
    /** It did not refute in time. */
    DEAD,
    /** It said that it goes. */
    LEFT
}
