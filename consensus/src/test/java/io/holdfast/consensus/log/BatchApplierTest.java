package io.holdfast.consensus.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.state.NeedsUpgradeException;
import io.holdfast.core.CodecException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands and queries on one state. */
@Timeout(60)
class BatchApplierTest {
    /** Is asked something while it applies or restores, and fails then. */
    private static final class Failing implements ReplicatedLog.Applier {
        final AtomicReference<CompletableFuture<byte[]>> asked = new AtomicReference<>();
        private BatchApplier batches;

        private void askAndFail() {
            Thread asks = new Thread(() -> asked.set(batches.query(new byte[1]).toCompletableFuture()));
            asks.start();
            try {
                asks.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            throw new IllegalStateException("a bug");
        }

        @Override
        public byte[] apply(long index, long logNanos, byte[] command) {
            askAndFail();
            return command;
        }

        @Override
        public byte[] query(long index, byte[] query) {
            return query;
        }

        @Override
        public ReplicatedLog.Capture capture() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void restore(long index, InputStream snapshot) {
            askAndFail();
        }
    }

    private final Failing state = new Failing();
    private final BatchApplier batches = new BatchApplier(state);

    @Test
    void aQueryThatCameWhileAnEntryFailedIsNotLeftWithoutAnswer() {
        state.batches = batches;
        byte[] entry = Entry.encode(1, List.of(Batch.of(List.of(new byte[] {7}))));
        assertThatThrownBy(() -> batches.apply(0, entry)).hasMessage("a bug");
        refusesAllQueries();
    }

    @Test
    void aQueryThatCameWhileASnapshotFailedIsNotLeftWithoutAnswer() throws IOException {
        state.batches = batches;
        byte[] snapshot =
                ByteBuffer.allocate(17).put((byte) 1).putLong(5).putLong(6).array();
        try (InputStream in = new ByteArrayInputStream(snapshot)) {
            assertThatThrownBy(() -> batches.restore(3, in)).hasMessage("a bug");
        }
        refusesAllQueries();
    }

    /** Those that came meanwhile, and later ones: a part of the entry may be in the state. */
    private void refusesAllQueries() {
        for (CompletableFuture<byte[]> answer :
                List.of(state.asked.get(), batches.query(new byte[1]).toCompletableFuture())) {
            assertThat(answer).isCompletedExceptionally();
            assertThat(answer.handle((bytes, error) -> error).join())
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("ask another one");
        }
    }

    @Test
    void anEntryOrASnapshotOfANewerBuildNeedsAnUpgrade() {
        assertThatThrownBy(() -> batches.apply(1, new byte[] {2, 0, 0}))
                .isInstanceOf(NeedsUpgradeException.class)
                .hasMessage("NEEDS_UPGRADE: a log entry has version 2, this build knows up to 1");
        assertThatThrownBy(() -> batches.restore(1, new ByteArrayInputStream(new byte[] {2, 0, 0})))
                .isInstanceOf(NeedsUpgradeException.class)
                .hasMessage("NEEDS_UPGRADE: a snapshot has version 2, this build knows up to 1");
        assertThatThrownBy(() -> batches.apply(1, new byte[] {0})).isInstanceOf(CodecException.class);
    }
}
