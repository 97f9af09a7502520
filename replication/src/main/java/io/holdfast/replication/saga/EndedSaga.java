package io.holdfast.replication.saga;

import java.util.List;

/** What is remembered of a saga that has ended. */
record EndedSaga(String id, SagaRecord.Ended ended, long endedMillis, String key, long offset) {
    SagaView view() {
        return new SagaView(
                id,
                ended.definition(),
                ended.version(),
                SagaView.of(ended.outcome()),
                ended.startedMillis(),
                endedMillis,
                ended.detail(),
                ended.result(),
                List.of());
    }
}
