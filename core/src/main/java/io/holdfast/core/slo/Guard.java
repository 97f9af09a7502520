package io.holdfast.core.slo;

import io.holdfast.core.Check;

/** Says whether all is well, so that a canary or an experiment stops when it is not. Asked often and on threads that carry calls: an answer must take microseconds and never block. */
@FunctionalInterface
public interface Guard {
    /** A guard that has no objection. */
    Guard NONE = nowNanos -> Verdict.OK;

    /**
     * Is all well?
     *
     * @param nowNanos the monotonic clock
     * @return the verdict, with its reason
     */
    Verdict check(long nowNanos);

    /**
     * An answer.
     *
     * @param ok whether to go on
     * @param reason why not, for people; empty when ok
     */
    record Verdict(boolean ok, String reason) {
        /** All is well. */
        public static final Verdict OK = new Verdict(true, "");

        /**
         * Validates that a refusal has a reason.
         *
         * @param ok as the component
         * @param reason as the component
         * @throws IllegalArgumentException if it is not ok and says not why
         */
        public Verdict {
            Check.that(ok || !reason.isBlank(), "a verdict that is not ok must say why; give the number that is off");
        }

        /**
         * All is not well.
         *
         * @param reason why, for people
         * @return the verdict
         * @throws IllegalArgumentException if the reason is blank
         */
        public static Verdict notOk(String reason) {
            return new Verdict(false, reason);
        }
    }
}
