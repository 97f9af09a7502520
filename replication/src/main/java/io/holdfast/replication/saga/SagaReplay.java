package io.holdfast.replication.saga;

import java.util.List;
import java.util.Optional;

/** Replays histories. In a test: keep histories of every version that may still be under way, and check that today's code goes on with them. */
public final class SagaReplay {
    private SagaReplay() {}

    /**
     * Checks that a definition could have written a history, and would go on with it.
     *
     * @param definition today's code
     * @param history a history as {@link SagaHost#history} tells it
     * @return where the saga stands
     * @throws SagaDivergedException if it could not; the message names the first line or record that differs, and what to do
     */
    public static SagaView check(SagaDefinition<?> definition, SagaHistory history) {
        SagaState state = new SagaState(history.id(), definition.plan(), new SagaRules());
        long at = apply(state, history.entries());
        return SagaView.of(state, state.ended().isPresent() ? at : 0);
    }

    static SagaState replay(String id, List<SagaEntry> entries, Optional<SagaRecord.Started> started, SagaSide side) {
        SagaRecord.Started begun = started.orElseThrow(() ->
                new SagaDivergedException("the history of saga " + id + " has no beginning; restore the journal"));
        SagaPlan plan = side.definitions()
                .find(begun.definition(), begun.version())
                .orElseThrow(
                        () -> new SagaDivergedException(
                                "saga " + id + " is a " + begun.definition() + "/" + begun.version()
                                        + ", which is not registered on this node; register it beside newer versions until its sagas have ended"));
        SagaState state = new SagaState(id, plan, side.rules());
        apply(state, entries);
        return state;
    }

    private static long apply(SagaState state, List<SagaEntry> entries) {
        long at = 0;
        for (SagaEntry entry : entries) {
            at = entry.atMillis();
            for (SagaRecord record : entry.records()) {
                state.apply(record, at);
            }
        }
        return at;
    }
}
