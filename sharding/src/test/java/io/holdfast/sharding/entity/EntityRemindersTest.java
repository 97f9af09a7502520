package io.holdfast.sharding.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.cluster.ReadConsistency;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Reminders in virtual time. */
class EntityRemindersTest {
    private final Counter counter = new Counter();
    private final EntityWorld world = new EntityWorld(11);
    private final EntityWorld.Node a = world.start("a", counter);
    private final EntityWorld.Node b = world.start("b", counter);
    private final int shard = world.shardOf("x");

    private int rows() {
        var page = a.rows.scan(RowKeys.reminders(shard), "", 100, ReadConsistency.LINEARIZABLE, world.in(5_000))
                .toCompletableFuture();
        world.advance(1_000);
        return page.join().rows().size();
    }

    @Test
    void aReminderComesOnceWhenItIsDue() {
        world.assignAll(a);
        b.ask("x", Counter.REMIND, 5_000);
        assertThat(rows()).isEqualTo(1);
        world.advance(3_000);
        assertThat(counter.reminded).isEmpty();
        world.advance(3_000);
        assertThat(counter.reminded).containsExactly("x");
        world.advance(200_000);
        assertThat(counter.reminded).hasSize(1);
        assertThat(rows()).isZero();
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(1000);
    }

    @Test
    void aReminderFarAheadComesTooThoughTheEntityHasLeftTheMemory() {
        world.assignAll(a);
        b.ask("x", Counter.REMIND, 1_800_000);
        world.time.advance(Duration.ofMinutes(20));
        assertThat(a.host.entities()).as("left by idleness").isZero();
        assertThat(counter.reminded).isEmpty();
        world.time.advance(Duration.ofMinutes(11));
        assertThat(counter.reminded).containsExactly("x");
    }

    @Test
    void theNextOwnerRemindsInPlaceOfTheFormerOne() {
        world.assignAll(a);
        b.ask("x", Counter.REMIND, 5_000);
        a.lose(shard);
        world.advance(10_000);
        assertThat(counter.reminded).isEmpty();
        world.assign(shard, b);
        world.advance(2_000);
        assertThat(counter.reminded).containsExactly("x");
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(1000);
    }

    @Test
    void twoOwnersWhoBothRemindHaveOneEffect() {
        world.assignAll(a);
        a.ask("x", Counter.REMIND, 5_000);
        world.advance(4_000);
        world.commit(shard, b, false); // a does not hear of it
        b.directory.learn(world.map);
        b.take(shard);
        world.advance(3_000);
        assertThat(counter.reminded).as("run by both").hasSize(2);
        a.directory.learn(world.map);
        a.lose(shard);
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(1000);
        world.advance(100_000);
        assertThat(counter.reminded).hasSize(2);
    }

    @Test
    void aReminderThatFailsChangesNothingAndComesAgain() {
        world.assignAll(a);
        counter.failReminders.set(3);
        a.ask("x", Counter.REMIND, 1_000);
        world.advance(60_000);
        assertThat(counter.reminded).containsExactly("x");
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(1000);
        assertThat(rows()).isZero();
    }

    @Test
    void aReminderOfTheSameNameReplacesTheFormerAndOneThatIsTakenBackNeverComes() {
        world.assignAll(a);
        a.ask("x", Counter.REMIND, 2_000);
        a.ask("x", Counter.REMIND, 20_000);
        assertThat(rows()).isEqualTo(1);
        world.advance(10_000);
        assertThat(counter.reminded).isEmpty();
        a.ask("x", Counter.FORGET, 0);
        assertThat(rows()).isZero();
        world.advance(100_000);
        assertThat(counter.reminded).isEmpty();
    }

    @Test
    void aReminderWhoseCommitIsLostOnItsWayComesOnce() {
        world.assignAll(a);
        a.ask("x", Counter.REMIND, 4_000);
        world.advance(3_000);
        world.table.isolate(a.id);
        world.advance(20_000);
        world.table.heal();
        world.advance(120_000);
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(1000);
        assertThat(rows()).isZero();
    }
}
