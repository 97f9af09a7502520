package io.holdfast.core.fault;

import io.holdfast.core.Check;
import java.time.Duration;

/** Something that goes wrong on purpose. What injects it says how much of the traffic it hits and for how long; this says only what it is. */
public sealed interface Fault {
    /**
     * The answer comes later.
     *
     * @param delay by how much, longer than zero
     */
    record Latency(Duration delay) implements Fault {
        /**
         * Validates the delay.
         *
         * @param delay as the component
         * @throws IllegalArgumentException if it is not longer than zero
         */
        public Latency {
            Check.positive("delay", delay);
        }
    }

    /**
     * The call fails at once and nothing is done.
     *
     * @param message what the failure says, 1 to 256 characters
     */
    record Error(String message) implements Fault {
        /**
         * Validates the message.
         *
         * @param message as the component
         * @throws IllegalArgumentException if it is empty or longer than 256 characters
         */
        public Error {
            Check.that(
                    !message.isEmpty() && message.length() <= 256,
                    "error message (%d characters) must have 1 to 256 characters",
                    message.length());
        }
    }

    /** The message is lost: nobody answers before the deadline. */
    record Drop() implements Fault {}

    /**
     * The process stands still, as in a long garbage collection.
     *
     * @param duration for how long, longer than zero
     */
    record Pause(Duration duration) implements Fault {
        /**
         * Validates the duration.
         *
         * @param duration as the component
         * @throws IllegalArgumentException if it is not longer than zero
         */
        public Pause {
            Check.positive("duration", duration);
        }
    }

    /** The node ends without a goodbye. */
    record Kill() implements Fault {}
}
