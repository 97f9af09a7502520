package io.holdfast.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.fault.Fault;
import io.holdfast.testkit.sim.Chatter.Remember;
import io.holdfast.testkit.sim.Chatter.Send;
import io.holdfast.testkit.sim.Chatter.Tick;
import io.holdfast.testkit.sim.Chatter.Word;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SimWorldTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static SimWorld<Chatter, Chatter.Ask, Word, Tick, String> three() {
        return SimWorld.seed(42).nodes("a", "b", "c").start(Chatter::new);
    }

    @Property(tries = 20)
    void theSameSeedGivesTheSameTrace(@ForAll long seed) {
        long first = eventfulRun(seed);
        assertThat(eventfulRun(seed)).isEqualTo(first);
        assertThat(eventfulRun(seed + 1)).isNotEqualTo(first);
    }

    @Test
    void theTraceHashIsTheSameInEveryJvm() {
        assertThat(eventfulRun(42)).isEqualTo(-4629721384603135934L);
    }

    private static long eventfulRun(long seed) {
        var world = SimWorld.seed(seed)
                .nodes(5)
                .links(LinkFaults.hostile())
                .startWithin(SECOND)
                .start(Chatter::new)
                .hintOnClose(Chatter.Closed::new);
        world.after(Duration.ofSeconds(3), () -> world.node("n1").kill());
        world.after(Duration.ofSeconds(4), () -> world.node("n2").pause());
        world.after(Duration.ofSeconds(5), () -> world.node("n3").starve(Duration.ofMillis(50)));
        world.after(Duration.ofSeconds(6), () -> world.node("n4").clock().drift(1.1));
        world.after(Duration.ofSeconds(7), world::heal);
        world.advance(Duration.ofSeconds(20));
        return world.traceHash();
    }

    @Test
    void messagesOfOneLinkKeepTheirOrderUnlessReorderingStrikes() {
        var world = three();
        world.advance(SECOND);
        List<Integer> numbers = IntStream.range(0, 500).boxed().toList();
        numbers.forEach(i -> world.node("a").request(new Send(world.node("b").address(), i)));
        world.advance(SECOND);
        assertThat(world.node("b").protocol().notes).isEqualTo(numbers);

        world.network().oneWay("a", "b", LinkFaults.lan().withReorder(0.2));
        numbers.forEach(i -> world.node("a").request(new Send(world.node("b").address(), i)));
        world.advance(SECOND);
        assertThat(world.node("b").protocol().notes).hasSize(1000);
        assertThat(world.node("b").protocol().notes.subList(500, 1000))
                .isNotEqualTo(numbers)
                .containsAll(numbers);
    }

    @Test
    void aFaultOfTheCommonVocabularyHitsANodeOrALink() {
        var world = three();
        world.advance(SECOND);
        world.inject("a", "b", new Fault.Latency(Duration.ofMillis(500)));
        world.node("a").request(new Send(world.node("b").address(), 1));
        world.advance(Duration.ofMillis(499));
        assertThat(world.node("b").protocol().notes).isEmpty();
        world.advance(Duration.ofMillis(2));
        assertThat(world.node("b").protocol().notes).containsExactly(1);

        world.heal();
        world.inject("b", new Fault.Drop());
        world.node("a").request(new Send(world.node("b").address(), 2));
        world.node("a").request(new Send(world.node("c").address(), 2));
        world.advance(SECOND);
        assertThat(world.node("b").protocol().notes).containsExactly(1);
        assertThat(world.node("c").protocol().notes).containsExactly(2);

        world.inject("c", new Fault.Pause(SECOND));
        assertThat(world.node("c").isPaused()).isTrue();
        world.advance(SECOND.plusMillis(1));
        assertThat(world.node("c").isPaused()).isFalse();
        world.inject("c", new Fault.Kill());
        assertThat(world.node("c").isUp()).isFalse();
        assertThatThrownBy(() -> world.inject("a", new Fault.Error("no")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot hit the link between a and b");
    }

    @Test
    void lossAndDuplicatesComeInTheShareThatWasAskedFor() {
        var world = three();
        world.network().between("a", "b", LinkFaults.lan().withLoss(0.3));
        world.network().between("a", "c", LinkFaults.lan().withDuplicate(0.3));
        for (int i = 0; i < 2_000; i++) {
            world.node("a").request(new Send(world.node("b").address(), i));
            world.node("a").request(new Send(world.node("c").address(), i));
        }
        world.advance(Duration.ofMillis(500));
        assertThat(world.node("b").protocol().notes).hasSizeBetween(1_300, 1_500);
        assertThat(world.node("c").protocol().notes).hasSizeBetween(2_500, 2_700);
    }

    @Test
    void aCutOneWayLeavesTheWayBackOpen() {
        var world = three();
        world.network().cutOneWay("a", "b");
        world.node("a").request(new Send(world.node("b").address(), 1));
        world.node("b").request(new Send(world.node("a").address(), 2));
        world.advance(SECOND);
        assertThat(world.node("b").protocol().notes).isEmpty();
        assertThat(world.node("a").protocol().notes).containsExactly(2);
    }

    @Test
    void aNodeInNoGroupOfAPartitionIsABridge() {
        var world = three();
        world.network().partition(List.of("a"), List.of("c"));
        world.node("a").request(new Send(world.node("c").address(), 1));
        world.node("a").request(new Send(world.node("b").address(), 2));
        world.node("b").request(new Send(world.node("c").address(), 3));
        world.advance(SECOND);
        assertThat(world.node("b").protocol().notes).containsExactly(2);
        assertThat(world.node("c").protocol().notes).containsExactly(3);
        world.network().heal();
        world.node("a").request(new Send(world.node("c").address(), 4));
        world.advance(SECOND);
        assertThat(world.node("c").protocol().notes).containsExactly(3, 4);
    }

    @Test
    void aCutLosesWhatIsOnItsWay() {
        var world = three();
        world.advance(Duration.ofMillis(10));
        world.node("a").request(new Send(world.node("b").address(), 1));
        world.advance(Duration.ofNanos(100_000));
        world.network().cut("a", "b");
        world.advance(SECOND);
        assertThat(world.node("b").protocol().notes).isEmpty();
    }

    @Test
    void aKilledNodeHearsNothingAndARestartedOneHasItsDiskOnly() {
        var world = three();
        world.node("a").request(new Remember(7, world.node("b").address()));
        world.advance(SECOND);
        world.node("a").kill();
        world.node("b").request(new Send(world.node("a").address(), 1));
        world.advance(SECOND);
        assertThat(world.node("a").isUp()).isFalse();
        assertThatThrownBy(() -> world.node("a").protocol()).hasMessageContaining("node a is down");
        world.node("a").restart();
        world.advance(SECOND);
        assertThat(world.node("a").protocol().remembered).isEqualTo(7);
        assertThat(world.node("a").protocol().notes).isEmpty();
        assertThat(world.node("a").published()).extracting(Published::event).containsExactly("started 1", "started 2");
        world.node("a").restartEmpty();
        assertThat(world.node("a").protocol().remembered).isZero();
    }

    @Test
    void nothingIsSentByATurnThatCrashedWhilePersisting() {
        int kept = 0;
        for (long seed = 0; seed < 20; seed++) {
            var world = SimWorld.seed(seed).nodes("a", "b").start(Chatter::new);
            world.advance(Duration.ofMillis(10));
            world.node("a").crashAtNextWrite();
            world.node("a").request(new Remember(7, world.node("b").address()));
            world.advance(Duration.ofMillis(10));
            assertThat(world.node("a").isUp()).isFalse();
            assertThat(world.node("b").protocol().notes).isEmpty();
            world.node("a").restart();
            kept += world.node("a").protocol().remembered == 7 ? 1 : 0;
        }
        assertThat(kept).as("crashes after the write").isBetween(1, 19);
    }

    @Test
    void nothingIsSentIfTheDiskRefusesTheWrite() {
        var world = three();
        world.node("a").failWrites(true);
        world.node("a").request(new Remember(7, world.node("b").address()));
        world.advance(SECOND);
        assertThat(world.node("a").isUp()).isTrue();
        assertThat(world.node("b").protocol().notes).isEmpty();
    }

    @Test
    void peersThatHadAConnectionAreToldWhenItCloses() {
        var world = three().hintOnClose(Chatter.Closed::new);
        world.node("a").request(new Send(world.node("b").address(), 1));
        world.advance(Duration.ofMillis(10));
        world.node("a").kill();
        world.advance(Duration.ofMillis(10));
        assertThat(world.published().stream().map(Published::event)).containsOnlyOnce("closed a");
        assertThat(world.node("b").published()).extracting(Published::event).contains("closed a");
    }

    @Test
    void bothEndsOfAResetConnectionAreTold() {
        var world = three().hintOnClose(Chatter.Closed::new);
        world.node("a").request(new Send(world.node("b").address(), 1));
        world.advance(Duration.ofMillis(10));
        world.network().reset("a", "b");
        world.advance(Duration.ofMillis(10));
        assertThat(world.node("a").published()).extracting(Published::event).contains("closed b");
        assertThat(world.node("b").published()).extracting(Published::event).contains("closed a");
    }

    @Test
    void aPausedNodeCatchesUpWhenItGoesOn() {
        var world = three();
        world.advance(Duration.ofMillis(1_500));
        world.node("b").pause();
        world.node("a").request(new Send(world.node("b").address(), 1));
        world.node("a").request(new Send(world.node("b").address(), 2));
        world.advance(Duration.ofSeconds(10));
        Chatter paused = world.node("b").protocol();
        assertThat(paused.notes).isEmpty();
        assertThat(paused.tickTimes).hasSize(1);
        world.node("b").resume();
        world.advance(Duration.ofMillis(1));
        assertThat(paused.notes).containsExactly(1, 2);
        assertThat(paused.tickTimes).hasSize(2);
        assertThat(paused.tickTimes.get(1) - paused.tickTimes.get(0)).isGreaterThan(9 * Chatter.INTERVAL);
    }

    @Test
    void aStarvedNodeTakesItsTurnsLate() {
        var world = three();
        world.advance(Duration.ofMillis(10));
        world.node("b").starve(Duration.ofMillis(100));
        for (int i = 0; i < 100; i++) {
            world.node("a").request(new Send(world.node("b").address(), i));
        }
        world.advance(Duration.ofSeconds(5));
        assertThat(world.node("b").protocol().notes).hasSizeBetween(30, 70);
        world.heal();
        world.advance(Duration.ofSeconds(20));
        assertThat(world.node("b").protocol().notes).hasSize(100).isSorted();
    }

    @Test
    void aMonotonicClockThatJumpsFiresItsTimersAndOneThatDriftsStretchesThem() {
        var world = three();
        world.advance(Duration.ofMillis(100));
        world.node("a").clock().jump(Duration.ofSeconds(5));
        world.advance(Duration.ofMillis(1));
        assertThat(world.node("a").protocol().tickTimes).hasSize(1);
        world.node("b").clock().drift(0.5);
        world.node("c").clock().drift(2);
        world.advance(Duration.ofSeconds(10));
        assertThat(world.node("b").protocol().tickTimes).hasSize(5);
        assertThat(world.node("c").protocol().tickTimes).hasSize(20);
        world.nodes().forEach(node -> assertThat(node.protocol().tickTimes).isSorted());
    }

    @Test
    void aBrokenInvariantNamesTheRuleTheSeedTheTimeAndTheLastEvents() {
        var world = three();
        world.always("nobody hears a 3", () -> !world.node("b").protocol().notes.contains(3));
        world.advance(Duration.ofMillis(1));
        world.node("a").request(new Send(world.node("b").address(), 3));
        assertThatThrownBy(() -> world.advance(SECOND))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("nobody hears a 3")
                .hasMessageContaining("seed 42, at 1ms")
                .hasMessageContaining("b MESSAGE Note[value=3]");
    }

    @Test
    void anInvariantThatThrowsNamesTheSeedAsWell() {
        var world = three();
        world.always("an assertion holds", () -> {
            throw new AssertionError("n1 and n2 both own shard 7");
        });
        assertThatThrownBy(() -> world.advance(SECOND))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("n1 and n2 both own shard 7")
                .hasMessageContaining("seed 42");
    }

    @Test
    void waitingForAConditionTellsHowLongItTookOrFails() {
        var world = three();
        Duration took =
                world.runUntil(() -> world.live().stream().anyMatch(n -> n.protocol().acks > 0), Duration.ofSeconds(5));
        assertThat(took).isBetween(Duration.ofMillis(1_000), Duration.ofMillis(1_002));
        assertThatThrownBy(() -> world.runUntil(() -> false, SECOND))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("did not hold within 1s");
    }
}
