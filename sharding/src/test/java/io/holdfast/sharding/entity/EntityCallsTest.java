package io.holdfast.sharding.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Calls in virtual time: found, done, kept, moved. */
class EntityCallsTest {
    private final Counter counter = new Counter();
    private final EntityWorld world = new EntityWorld(7);
    private final EntityWorld.Node a = world.start("a", counter);
    private final EntityWorld.Node b = world.start("b", counter);
    private final int shard = world.shardOf("x");

    private CompletableFuture<byte[]> settle(CompletableFuture<byte[]> call) {
        for (int i = 0; i < 2_000 && !call.isDone(); i++) {
            world.advance(10);
        }
        assertThat(call).isDone();
        return call;
    }

    @Test
    void anEntityIsCalledFromAnyNodeAndRemembers() {
        world.assignAll(a);
        assertThat(a.ask("x", Counter.ADD, 5)).isEqualTo(5);
        assertThat(b.ask("x", Counter.ADD, 2)).isEqualTo(7);
        assertThat(b.ask("x", Counter.GET, 0)).isEqualTo(7);
        assertThat(b.ask("y", Counter.GET, 0)).isZero();
        assertThat(counter.created).as("one life each, on the owner").hasValue(2);
    }

    @Test
    void aCallThatFailsOrIsNotKeptChangesNothing() {
        world.assignAll(a);
        assertThat(a.ask("x", Counter.ADD, 5)).isEqualTo(5);
        assertThatThrownBy(() -> b.ask("x", Counter.ADD_AND_THROW, 1))
                .hasCauseInstanceOf(EntityFailedException.class)
                .hasMessageContaining("counter x failed with java.lang.IllegalStateException: on purpose");
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(5);
        assertThat(a.ask("x", Counter.ADD_AND_REJECT, 1)).as("the answer").isEqualTo(6);
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(5);
        world.assignAll(b);
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(5);
    }

    @Test
    void aLostAnswerDoesNotDoTheCallAgain() {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        CompletableFuture<byte[]> call = b.call("x", Counter.ADD, 10, 20_000);
        while (counter.done.get() < 2) {
            world.time.advance(java.time.Duration.ofNanos(100_000));
        }
        world.wire.network().cut("a", "b");
        world.advance(1_500);
        assertThat(call).isNotDone();
        world.wire.network().heal();
        assertThat(Counter.number(settle(call).join())).isEqualTo(11);
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(11);
        assertThat(counter.done).as("done once, read once").hasValue(3);
    }

    @Test
    void aRetryAtTheNextOwnerFindsTheAnswerOfTheFormerOne() {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        CompletableFuture<byte[]> call = b.call("x", Counter.ADD, 10, 20_000);
        while (counter.done.get() < 2) {
            world.time.advance(java.time.Duration.ofNanos(100_000));
        }
        world.wire.network().cut("a", "b");
        world.advance(100); // a commits meanwhile
        a.lose(shard);
        world.assign(shard, b);
        assertThat(Counter.number(settle(call).join())).isEqualTo(11);
        assertThat(counter.done).hasValue(2);
    }

    @Test
    void whatAFencedOwnerDidIsDoneByTheNextOneOnce() {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        world.commit(shard, b, false); // a does not hear of it
        b.directory.learn(world.map);
        b.take(shard);
        world.advance(100);
        CompletableFuture<byte[]> call = a.call("x", Counter.ADD, 10, 5_000);
        world.advance(500);
        assertThat(call).isNotDone();
        assertThat(counter.done.get()).as("done in vain").isGreaterThan(1);
        a.directory.learn(world.map);
        a.lose(shard);
        assertThat(Counter.number(settle(call).join())).isEqualTo(11);
        assertThat(b.ask("x", Counter.GET, 0)).isEqualTo(11);
    }

    @Test
    void aReadWithoutALeaseNeverAnswersFromAnOldMemory() {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        world.commit(shard, b, false); // a does not hear of it
        b.directory.learn(world.map);
        b.take(shard);
        world.advance(100);
        assertThat(b.ask("x", Counter.ADD, 1)).isEqualTo(2);
        a.lease = false;
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(2);
    }

    @Test
    void aReadWithoutALeaseIsAnsweredWhenTheRowIsAsItWas() {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        a.lease = false;
        assertThat(b.ask("x", Counter.GET, 0)).isEqualTo(1);
        world.table.isolate(a.id);
        CompletableFuture<byte[]> read = b.call("x", Counter.GET, 0, 2_000);
        assertThatThrownBy(() -> settle(read).join()).hasCauseInstanceOf(UnknownOutcomeException.class);
        a.lease = true;
        assertThat(b.ask("x", Counter.GET, 0)).as("from memory").isEqualTo(1);
    }

    @Test
    void aNodeWithAnOldMapIsToldTheNewOneWithTheAnswer() {
        world.assignAll(a);
        world.assignAll(b);
        EntityWorld.Node c = world.start("c");
        EntityWorld old = world;
        c.directory.learn(old.map);
        a.ask("x", Counter.ADD, 1);
        world.commit(shard, a, false);
        a.directory.learn(world.map);
        b.directory.learn(world.map);
        b.lose(shard);
        a.take(shard);
        world.advance(100);
        int before = c.directory.learned;
        assertThat(c.ask("x", Counter.ADD, 1)).isEqualTo(2);
        assertThat(c.directory.learned).isEqualTo(before + 1);
        assertThat(c.directory.map().revision()).isEqualTo(world.map.revision());
        assertThat(b.meters.get("holdfast.shard.redirect").tag("result", "forwarded").counter().count())
                .isEqualTo(1);
    }

    @Test
    void aMoveInGoodOrderRefusesNoCall() {
        world.assignAll(a);
        CompletableFuture<?>[] calls = new CompletableFuture<?>[60];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = (i % 2 == 0 ? a : b).call("x", Counter.ADD, 1, 5_000);
            world.advance(5);
            if (i == 20) {
                a.drainTo(shard, b);
            } else if (i == 40) {
                b.drainTo(shard, a);
            }
        }
        world.advance(2_000);
        for (CompletableFuture<?> call : calls) {
            assertThat(call).isCompleted();
        }
        assertThat(b.ask("x", Counter.GET, 0)).isEqualTo(60);
    }

    @Test
    void withoutAnOwnerACallEndsUndone() {
        assertThatThrownBy(() -> settle(a.call("x", Counter.ADD, 1, 1_000)).join())
                .hasCauseInstanceOf(UnavailableException.class)
                .hasMessageContaining("has no owner");
    }

    @Test
    void aKindThatNoNodeHostsIsUnavailable() {
        EntityWorld.Node c = world.start("c");
        world.assignAll(c);
        assertThatThrownBy(() -> settle(a.call("x", Counter.ADD, 1, 1_000)).join())
                .hasCauseInstanceOf(UnavailableException.class)
                .hasMessageContaining("no kind counter of entities is registered");
    }

    @Test
    void aCommitThatIsLostIsNeverDoneTwiceAndNeverComesLate() {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        CompletableFuture<byte[]> call = a.call("x", Counter.ADD, 10, 60_000);
        world.table.isolate(a.id);
        world.advance(7_000);
        world.table.heal();
        assertThat(Counter.number(settle(call).join())).isEqualTo(11);
        assertThat(a.ask("x", Counter.ADD, 1)).isEqualTo(12);
        world.advance(40_000);
        a.lose(shard);
        world.assign(shard, b);
        assertThat(b.ask("x", Counter.GET, 0)).isEqualTo(12);
    }

    @Test
    void aStateThatIsClearedIsGoneAndWhatWasDoneIsStillKnown() {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 5);
        assertThat(a.ask("x", Counter.CLEAR, 0)).isZero();
        world.assignAll(b);
        assertThat(a.ask("x", Counter.GET, 0)).isZero();
        assertThat(a.ask("x", Counter.ADD, 2)).isEqualTo(2);
    }
}
