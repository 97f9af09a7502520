package io.holdfast.replication.saga;

/** Tells metrics, spans and the flight recorder what was committed. */
final class Notes {
    private Notes() {}

    static void note(SagaSide side, SagaState state, SagaRecord record, long nowMillis) {
        if (record instanceof SagaRecord.Started started) {
            side.meters().started(started.definition());
        } else if (record instanceof SagaRecord.Parked parked) {
            side.note(
                    state.id(),
                    "step " + parked.step() + " is parked (" + parked.direction() + "): " + parked.detail());
        } else if (record instanceof SagaRecord.Resolved resolved) {
            side.note(state.id(), "step " + resolved.step() + ": " + resolved.how() + " by " + resolved.by());
        } else if (record instanceof SagaRecord.Turned turned && turned.cause() == SagaRecord.Cause.CANCELLED) {
            side.note(state.id(), turned.detail());
        } else if (record instanceof SagaRecord.Ended ended) {
            side.meters().ended(ended, nowMillis);
            side.tracing()
                    .ended(
                            state.id(),
                            ended,
                            state.started().map(SagaRecord.Started::trace).orElse(""),
                            nowMillis);
            if (ended.outcome() == SagaRecord.Outcome.ABORTED) {
                side.note(state.id(), ended.detail());
            }
        }
    }
}
