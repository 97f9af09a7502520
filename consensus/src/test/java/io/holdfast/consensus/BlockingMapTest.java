package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.RefusedException;
import io.holdfast.consensus.session.SessionConfig;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.CallCancelledException;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.testkit.sim.SimEnvironment;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BlockingMapTest {
    private final SimEnvironment environment = SimEnvironment.seed(3);
    private final DirectLog log =
            new DirectLog(new PrimitiveMachine(Consensus.types(), new StateLimits(10, 3, 1 << 20, 1 << 20, 10)));
    private final Consensus consensus = Consensus.of(
            GroupSession.start(log, NodeId.of("a"), SessionConfig.lan(), environment), new TextCodec(), environment);
    private final ReplicatedMap<String, String> map = consensus.map("m", String.class, String.class);

    @Test
    void noMapHasTheNameOfATable() {
        assertThatThrownBy(() -> consensus.map("holdfast.shards", String.class, String.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("map (holdfast.shards) must not have a name that begins with holdfast.");
    }

    @Test
    void everyMethodGivesWhatItsAsyncFormGives() {
        assertThat(map.name()).isEqualTo("m");
        assertThat(map.put("a", "1").version()).isEqualTo(1);
        assertThat(map.put("a", "2", PutOptions.ofSession()).version()).isEqualTo(2);
        assertThat(map.putIfAbsent("a", "3").applied()).isFalse();
        assertThat(map.putIfAbsentAsync("a", "3").toCompletableFuture().join().applied())
                .isFalse();
        assertThat(map.replace("a", "3").version()).isEqualTo(3);
        assertThat(map.replace("a", "4", 3).version()).isEqualTo(4);
        assertThat(map.compareAndSet("a", "4", "5").version()).isEqualTo(5);
        assertThat(map.get("a")).contains("5");
        assertThat(map.entry("a", ReadConsistency.LOCAL).orElseThrow().version())
                .isEqualTo(5);
        long revision = map.putAll(Map.of("b", "1", "c", "2"));
        assertThat(map.entry("c", ReadConsistency.LOCAL).orElseThrow().modified())
                .isEqualTo(revision);
        assertThat(map.size(ReadConsistency.LOCAL)).isEqualTo(3);
        assertThat(map.scan(MapRange.all(), 2, ReadConsistency.LOCAL).rest()).isPresent();
        assertThat(map.remove("a", 4).applied()).isFalse();
        assertThat(map.remove("a").applied()).isTrue();
        assertThat(consensus
                        .transaction()
                        .ifPresent(map, "b")
                        .remove(map, "b")
                        .commit()
                        .succeeded())
                .isTrue();
    }

    @Test
    void aLimitIsToldWithItsValueAndTheRemedy() {
        map.putAll(Map.of("a", "1", "b", "2", "c", "3"));
        assertThatThrownBy(() -> map.put("d", "4"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("m has 3 entries, its limit; remove some, or divide it over several names");
        assertThat(map.get("d")).isEmpty();
    }

    @Test
    void waitsUntilTheCallsDeadlineOrFiveSeconds() {
        long now = environment.clock().nanoTime();
        map.get("a");
        assertThat(log.lastDeadline()).isEqualTo(Deadline.after(now, Duration.ofSeconds(5)));
        Deadline own = Deadline.after(now, Duration.ofMillis(70));
        CallContext.EMPTY.withDeadline(own).run(() -> map.get("a"));
        assertThat(log.lastDeadline()).isEqualTo(own);
    }

    @Test
    void anUpdateThatOthersAreAlwaysFasterThanEndsAtItsDeadline() {
        AtomicRef<String> ref = consensus.ref("r", String.class);
        AtomicInteger calls = new AtomicInteger();
        assertThatThrownBy(() -> ref.update(old -> {
                    ref.getAndSet(Optional.of("theirs " + calls.incrementAndGet()));
                    environment.advance(Duration.ofSeconds(1));
                    return Optional.of("mine");
                }))
                .isInstanceOf(NotAppliedException.class)
                .hasMessageContaining("others were faster");
        assertThat(calls).hasValueLessThan(8);
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() {
        log.fallSilent();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> map.get("a")).isInstanceOf(CallCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
