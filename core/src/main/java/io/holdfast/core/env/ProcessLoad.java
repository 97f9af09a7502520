package io.holdfast.core.env;

/**
 * How loaded this process is. A meter of its own for each who asks {@link Environment#load()}, since the processor's share is counted between two readings. For use by one thread
 * at a time; a reading costs some microseconds, so take it by a timer and not for each call.
 */
public interface ProcessLoad {
    /** A process that never has anything to do: for environments that do not model load. */
    ProcessLoad IDLE = new ProcessLoad() {
        @Override
        public double cpu() {
            return 0;
        }

        @Override
        public double heap() {
            return 0;
        }
    };

    /**
     * How much of the processors that this process may use it has used since the last reading.
     *
     * @return 0 to 1; 0 where the platform does not tell and at the first reading
     */
    double cpu();

    /**
     * How much of the largest heap the last collection of each of its parts has left in use. Garbage does not count, so a heap that is merely due for a collection is not full.
     *
     * @return 0 to 1; 0 where the platform does not tell
     */
    double heap();
}
