package io.holdfast.replication.saga;

/** How far a step is in one direction. Belongs to its {@link SagaState}. */
final class Track {
    /** Where it stands. */
    enum Phase {
        /** Nothing was begun. */
        IDLE,
        /** An attempt is under way, or was when its node was lost. */
        OPEN,
        /** Waits for its next attempt. */
        BACKOFF,
        /** Waits for time to pass, or for a signal. */
        TIMED,
        /** Done, or taken back. */
        DONE,
        /** Failed for good. */
        FAILED,
        /** Waits for an operator. */
        PARKED
    }

    Phase phase = Phase.IDLE;
    int attempts;
    int failures;
    /** An earlier attempt may have had its effect. */
    boolean uncertain;
    /** When it goes on by itself, or 0. */
    long dueMillis;

    byte[] result = NoResult.BYTES;
    String detail = "";

    boolean is(Phase asked) {
        return phase == asked;
    }

    void attempt(int number) {
        uncertain |= phase == Phase.OPEN;
        phase = Phase.OPEN;
        attempts = number;
        dueMillis = 0;
    }

    void done(byte[] value) {
        phase = Phase.DONE;
        result = value;
        dueMillis = 0;
    }

    void failed(SagaRecord.Failed failed) {
        failures++;
        uncertain |= failed.failure() == SagaRecord.Failure.UNKNOWN;
        dueMillis = failed.retryAtMillis();
        phase = dueMillis > 0 ? Phase.BACKOFF : Phase.FAILED;
        detail = failed.detail();
    }

    void parked(String why) {
        uncertain |= phase == Phase.OPEN;
        phase = Phase.PARKED;
        detail = why;
        dueMillis = 0;
    }

    /** Tried again at once, with all its attempts. */
    void renewed() {
        phase = Phase.BACKOFF;
        dueMillis = 1;
        failures = 0;
    }
}
