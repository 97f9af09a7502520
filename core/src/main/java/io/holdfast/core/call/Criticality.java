package io.holdfast.core.call;

/**
 * How much a call matters when not all can be served (Beyer et al., Site Reliability Engineering, chapter 21, "Handling Overload"). Sheddable calls are refused first.
 */
public enum Criticality {
    /** Background work; partial or total refusal is expected. */
    SHEDDABLE,
    /** Work that may be refused for minutes without lasting harm: batch jobs with retries. */
    SHEDDABLE_PLUS,
    /** The default for what users wait for. */
    CRITICAL,
    /** A refusal would hurt visibly and at once. */
    CRITICAL_PLUS
}
