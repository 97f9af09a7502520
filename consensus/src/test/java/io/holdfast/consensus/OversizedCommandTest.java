package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.SessionConfig;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.NodeId;
import io.holdfast.testkit.sim.SimEnvironment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A command that the log does not take harms its caller and nobody else. */
class OversizedCommandTest {
    private static final String LARGE = "v".repeat(2000);

    private final SimEnvironment environment = SimEnvironment.seed(3);
    private final DirectLog log = new DirectLog(new PrimitiveMachine(Consensus.types(), StateLimits.standard()));
    private final GroupSession session = GroupSession.start(log, NodeId.of("a"), SessionConfig.lan(), environment);
    private final Consensus consensus = Consensus.of(session, new TextCodec(), environment);
    private final ReplicatedMap<String, String> map = consensus.map("m", String.class, String.class);

    private void isRefused(CompletableFuture<?> put) {
        environment.advance(Duration.ofMillis(1));
        assertThatThrownBy(put::join)
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have at most 1000");
    }

    @Test
    void theSessionThatBeginsWithOneIsKeptAlive() {
        log.limit(1000);
        isRefused(map.putAsync("k", LARGE).toCompletableFuture());
        long applied = log.applied();
        environment.advance(Duration.ofSeconds(10));
        assertThat(log.applied()).as("signs of life").isGreaterThan(applied);
        assertThat(map.put("k", "small").applied()).isTrue();
    }

    @Test
    void anyNumberOfOthersIsDoneAfterIt() {
        log.limit(1000);
        map.put("k", "v");
        isRefused(map.putAsync("k", LARGE).toCompletableFuture());
        AtomicCounter counter = consensus.counter("c");
        for (int i = 0; i < 2 * StateLimits.WINDOW; i++) {
            assertThat(counter.addAsync(1)).isCompleted();
        }
        Lease lease = consensus.lock("l").tryLock().orElseThrow();
        assertThat(lease.release()).isCompletedWithValue(true);
    }

    @Test
    void theOthersThatWaitForTheSessionWithItAreSent() {
        log.limit(1000);
        log.hold();
        CompletableFuture<?> first = map.putAsync("first", "v").toCompletableFuture();
        CompletableFuture<?> large = map.putAsync("large", LARGE).toCompletableFuture();
        CompletableFuture<?> last = map.putAsync("last", "v").toCompletableFuture();
        log.letGo();
        environment.advance(Duration.ofMillis(1));
        assertThat(first).isCompleted();
        assertThat(last).isCompleted();
        isRefused(large);
    }
}
