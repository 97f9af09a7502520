package io.holdfast.sharding.entity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which entities stay in memory, in virtual time. */
class MemoryTest {
    private EntityWorld world = new EntityWorld(3);

    @Test
    void anEntityThatNobodyCallsLeavesAndComesBackWithItsState() {
        Counter counter = new Counter(Duration.ofSeconds(30));
        EntityWorld.Node a = world.start("a", counter);
        world.assignAll(a);
        a.ask("x", Counter.ADD, 5);
        world.advance(20_000);
        assertThat(a.ask("x", Counter.GET, 0)).as("a call begins the time anew").isEqualTo(5);
        world.advance(20_000);
        assertThat(counter.passivated).hasValue(0);
        assertThat(a.host.entities()).isEqualTo(1);
        world.advance(15_000);
        assertThat(counter.passivated).hasValue(1);
        assertThat(a.host.entities()).isZero();
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(5);
        assertThat(counter.created).hasValue(2);
        assertThat(a.meters
                        .get("holdfast.entity.passivation")
                        .tag("cause", "idle")
                        .tag("type", "counter")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(a.meters
                        .get("holdfast.entity.active")
                        .tag("type", "counter")
                        .gauge()
                        .value())
                .isEqualTo(1);
    }

    @Test
    void theCapOfMemoryCountsTheBytesOfTheStates() {
        Counter counter = new Counter();
        world.limits = EntityLimits.standard().withMemory(4 << 20);
        EntityWorld.Node a = world.start("a", counter);
        world.assignAll(a);
        for (int i = 0; i < 60; i++) {
            a.ask("k" + i, Counter.PAD, 100_000);
        }
        world.advance(1_000);
        assertThat(a.host.entities()).as("200 KB each in 4 MiB").isBetween(10, 21);
        assertThat(counter.passivated.get()).isEqualTo(60 - a.host.entities());
        for (int i = 0; i < 60; i++) {
            assertThat(a.ask("k" + i, Counter.GET, 0)).isZero();
        }
    }

    @Test
    void aShardThatGoesTakesItsEntitiesOutOfMemory() {
        Counter counter = new Counter();
        EntityWorld.Node a = world.start("a", counter);
        EntityWorld.Node b = world.start("b", counter);
        world.assignAll(a);
        for (int i = 0; i < 20; i++) {
            a.ask("k" + i, Counter.ADD, 1);
        }
        assertThat(a.host.entities()).isEqualTo(20);
        for (int shard = 0; shard < EntityWorld.SHARDS; shard++) {
            a.drainTo(shard, b);
        }
        world.advance(1_000);
        assertThat(a.host.entities()).isZero();
        assertThat(counter.passivated).hasValue(20);
        assertThat(a.ask("k3", Counter.ADD, 1)).isEqualTo(2);
    }

    @Test
    void aCallWhoseAnswerIsTooLargeIsNotDone() {
        Counter counter = new Counter();
        EntityWorld.Node a = world.start("a", counter);
        world.assignAll(a);
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> a.ask("x", Counter.LARGE_ANSWER, Settlement.MAX_ANSWER + 1))
                .hasMessageContaining("answer (524289 bytes) of counter x must have at most 524288");
        assertThat(a.ask("x", Counter.GET, 0)).isZero();
    }

    @Test
    void theObjectOfACallThatFailedIsClosedBeforeTheNextIsMade() {
        Counter counter = new Counter();
        EntityWorld.Node a = world.start("a", counter);
        world.assignAll(a);
        a.ask("x", Counter.ADD, 5);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> a.ask("x", Counter.ADD_AND_THROW, 1))
                .hasMessageContaining("on purpose");
        assertThat(counter.passivated).as("its thread closes it").hasValue(1);
        assertThat(a.ask("x", Counter.ADD_AND_REJECT, 1)).isEqualTo(6);
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(5);
        assertThat(counter.created).hasValue(3);
        assertThat(counter.passivated).hasValue(2);
    }

    @Test
    void theCapOfMemoryCountsTheAnswersThatAreKept() {
        Counter counter = new Counter();
        world.limits = EntityLimits.standard().withMemory(1 << 20);
        EntityWorld.Node a = world.start("a", counter);
        world.assignAll(a);
        for (int i = 0; i < 60; i++) {
            a.call("k" + i, Counter.LARGE_ANSWER, 30_000, 10_000);
            world.advance(100);
        }
        world.advance(1_000);
        assertThat(a.host.entities()).as("31 KB each in 1 MiB").isBetween(10, 33);
    }
}
