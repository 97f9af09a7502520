package io.holdfast.consensus.log;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;

/** What the end of a command means for its caller, and that of a query. */
enum Outcomes {
    /** A command changes the state: it is tried again only if it surely was not appended. */
    COMMAND(Route.SUBMIT) {
        @Override
        Answer.Status certain(Answer.Status status) {
            return status;
        }

        @Override
        HoldfastException notApplied(String why) {
            return new NotAppliedException(why + "; the command was surely not appended, try again");
        }

        @Override
        HoldfastException unknown(String why) {
            return new UnknownOutcomeException(
                    why + "; the command may still be applied, ask again with the same session or read the state");
        }

        @Override
        HoldfastException missing() {
            return unknown("the command was applied, but its result is too large to be sent");
        }

        @Override
        void sent(LogMeters meters, int commands) {
            meters.sent(commands);
        }
    },
    /** A query changes nothing: it is tried again in any case. */
    QUERY(Route.QUERY) {
        @Override
        Answer.Status certain(Answer.Status status) {
            return status == Answer.Status.UNKNOWN ? Answer.Status.NOT_APPLIED : status;
        }

        @Override
        HoldfastException notApplied(String why) {
            return new UnavailableException(why + "; try again");
        }

        @Override
        HoldfastException unknown(String why) {
            return notApplied(why);
        }

        @Override
        HoldfastException missing() {
            return new UnavailableException(
                    "the replica could not answer in time, or its answer is too large to be sent; ask for less");
        }

        @Override
        void sent(LogMeters meters, int commands) {}
    };

    private final Route route;

    Outcomes(Route route) {
        this.route = route;
    }

    Route route() {
        return route;
    }

    /** What a status means here. */
    abstract Answer.Status certain(Answer.Status status);

    abstract HoldfastException notApplied(String why);

    abstract HoldfastException unknown(String why);

    /** The answer holds no result for one of the items. */
    abstract HoldfastException missing();

    abstract void sent(LogMeters meters, int commands);
}
