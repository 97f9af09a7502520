package io.holdfast.replication.saga;

import java.util.List;
import java.util.Optional;

/**
 * What a saga looks like from outside.
 *
 * @param id its id
 * @param definition its kind
 * @param version of the kind
 * @param status whether it goes on, and whether somebody must see to it
 * @param startedMillis when it began, by the wall clock, in milliseconds since 1970
 * @param endedMillis when it ended, or 0
 * @param detail why it turned back, how it ended, or why it is not run
 * @param result that of its last step when it is completed, otherwise empty
 * @param steps where its steps stand, those that have begun; none of an ended saga
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record SagaView(
        String id,
        String definition,
        int version,
        Status status,
        long startedMillis,
        long endedMillis,
        String detail,
        byte[] result,
        List<Step> steps) {
    /** Whether a saga goes on. */
    public enum Status {
        /** It goes forward. */
        RUNNING,
        /** It takes back what was done. */
        COMPENSATING,
        /** A step waits for an operator. */
        PARKED,
        /** Its history does not fit the code of this node, which does not run it. */
        DIVERGED,
        /** All steps were done. */
        COMPLETED,
        /** All that was done was taken back. */
        COMPENSATED,
        /** An operator gave it up. */
        ABORTED;

        /**
         * Whether nothing more will happen.
         *
         * @return true for the last three
         */
        public boolean isEnded() {
            return ordinal() >= COMPLETED.ordinal();
        }
    }

    /**
     * Where a step stands.
     *
     * @param name its name
     * @param direction whether it is done or taken back
     * @param phase {@code OPEN}, {@code BACKOFF}, {@code TIMED}, {@code DONE}, {@code FAILED} or {@code PARKED}
     * @param attempts how often it was begun in that direction
     * @param dueMillis when it goes on by itself, or 0
     * @param detail what went wrong last, or empty
     */
    public record Step(String name, Direction direction, String phase, int attempts, long dueMillis, String detail) {}

    /**
     * Copies the list.
     *
     * @param id as the component
     * @param definition as the component
     * @param version as the component
     * @param status as the component
     * @param startedMillis as the component
     * @param endedMillis as the component
     * @param detail as the component
     * @param result as the component
     * @param steps as the component
     */
    public SagaView {
        steps = List.copyOf(steps);
    }

    static SagaView of(SagaState state, long endedMillis) {
        Optional<SagaRecord.Ended> ended = state.ended();
        List<Step> steps = state.steps().stream()
                .flatMap(step -> Optional.ofNullable(step(step)).stream())
                .toList();
        return new SagaView(
                state.id(),
                state.plan().name(),
                state.plan().version(),
                status(state),
                state.startedMillis(),
                endedMillis,
                ended.map(SagaRecord.Ended::detail)
                        .or(() -> state.turned().map(SagaRecord.Turned::detail))
                        .orElse(""),
                ended.map(SagaRecord.Ended::result).orElse(NoResult.BYTES),
                steps);
    }

    /** One that is not run. */
    static SagaView stranger(String id, String definition, int version, long startedMillis, String why) {
        return new SagaView(id, definition, version, Status.DIVERGED, startedMillis, 0, why, NoResult.BYTES, List.of());
    }

    static Status of(SagaRecord.Outcome outcome) {
        return switch (outcome) {
            case COMPLETED -> Status.COMPLETED;
            case COMPENSATED -> Status.COMPENSATED;
            case ABORTED -> Status.ABORTED;
        };
    }

    static Status status(SagaState state) {
        Optional<SagaRecord.Ended> ended = state.ended();
        if (ended.isPresent()) {
            return of(ended.get().outcome());
        }
        Direction direction = state.isTurned() ? Direction.UNDO : Direction.DO;
        boolean parked =
                state.steps().stream().anyMatch(step -> step.track(direction).is(Track.Phase.PARKED));
        return parked ? Status.PARKED : state.isTurned() ? Status.COMPENSATING : Status.RUNNING;
    }

    private static @org.jspecify.annotations.Nullable Step step(StepState step) {
        Direction direction = step.undoing.is(Track.Phase.IDLE) ? Direction.DO : Direction.UNDO;
        Track track = step.track(direction);
        return track.is(Track.Phase.IDLE)
                ? null
                : new Step(step.name(), direction, track.phase.name(), track.attempts, track.dueMillis, track.detail);
    }
}
