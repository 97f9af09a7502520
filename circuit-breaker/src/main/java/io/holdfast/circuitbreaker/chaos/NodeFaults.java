package io.holdfast.circuitbreaker.chaos;

import java.io.IOException;
import java.time.Duration;

/** Lets the whole node fail. Called on the timers' thread. */
public interface NodeFaults {
    /** For an application without a node: refuses both. */
    NodeFaults NONE = new NodeFaults() {
        @Override
        public void pause(Duration duration) throws IOException {
            throw new IOException("there is no node here that could be paused");
        }

        @Override
        public void kill() throws IOException {
            throw new IOException("there is no node here that could be killed");
        }
    };

    /**
     * Stops the process, all threads at once, and lets it go on later. May return before it stands.
     *
     * @param duration for how long
     * @throws IOException if the system does not allow it; nothing was done
     */
    void pause(Duration duration) throws IOException;

    /**
     * Ends the process without a goodbye. Returns only if it does not.
     *
     * @throws IOException if there is nothing to end
     */
    void kill() throws IOException;
}
