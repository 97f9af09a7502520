package io.holdfast.consensus;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the listeners of users: what one throws is logged, an error as well, and costs neither the next event nor the watch. */
final class Listening {
    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    private Listening() {}

    /** Tells one event of something. */
    static void tell(String of, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            LOG.warn("a listener of {} failed; it goes on with what comes next", of, e);
        }
    }
}
