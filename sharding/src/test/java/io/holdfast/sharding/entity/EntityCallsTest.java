package io.holdfast.sharding.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.testkit.sim.LinkFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
            world.time.advance(Duration.ofNanos(100_000));
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
            world.time.advance(Duration.ofNanos(100_000));
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
        assertThat(b.meters
                        .get("holdfast.shard.redirect")
                        .tag("result", "forwarded")
                        .counter()
                        .count())
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

    /** The first attempt is late on its way to an owner that is paused; the second is answered by the next owner. */
    private CompletableFuture<byte[]> callWhoseFirstAttemptIsLate(long method) {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        world.wire.network().oneWay("b", "a", LinkFaults.lan().withDelay(Duration.ofSeconds(4), Duration.ZERO));
        CompletableFuture<byte[]> call = b.call("x", method, 10, 20_000);
        world.advance(200);
        a.lose(shard);
        world.assign(shard, b);
        world.advance(2_000);
        assertThat(call).isDone();
        return call;
    }

    private void theLateOneHasNoEffect() {
        assertThat(b.ask("x", Counter.ADD, 100)).isEqualTo(101);
        world.advance(5_000);
        assertThat(b.ask("x", Counter.GET, 0)).isEqualTo(101);
        assertThat(a.meters
                        .get("holdfast.shard.redirect")
                        .tag("result", "forwarded")
                        .counter()
                        .count())
                .as("the late one did come")
                .isEqualTo(1);
    }

    @Test
    void aLateAttemptOfACallThatWasAnsweredWithoutAChangeHasNoEffect() {
        assertThat(Counter.number(callWhoseFirstAttemptIsLate(Counter.TAKE).join()))
                .isEqualTo(-1);
        theLateOneHasNoEffect();
    }

    @Test
    void aLateAttemptOfACallThatFailedHasNoEffect() {
        CompletableFuture<byte[]> call = callWhoseFirstAttemptIsLate(Counter.TAKE_OR_THROW);
        assertThatThrownBy(call::join).hasMessageContaining("too little");
        theLateOneHasNoEffect();
    }

    private CompletableFuture<Served> take(int copies) {
        EntityId x = new EntityId("counter", "x");
        CallContext context = CallContext.EMPTY.withDeadline(world.in(5_000));
        byte[] ten = Counter.number(10);
        return a.host.call(shard, new EntityCall(x, Counter.TAKE, ten, new CallId(7, 1), 1, 0, copies, context))
                .toCompletableFuture();
    }

    private void takeTwice(int copiesOfTheSecond) {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        a.lease = false; // so that the answer takes a while
        CompletableFuture<Served> first = take(1);
        world.time.advance(Duration.ofNanos(1));
        assertThat(counter.done).as("it has run, and its read is on the way").hasValue(2);
        CompletableFuture<Served> second = take(copiesOfTheSecond);
        assertThat(first).isNotDone();
        world.advance(100);
        assertThat(second).isCompletedWithValue(first.join());
        assertThat(counter.done).as("the second has joined").hasValue(2);
        a.lease = true;
        assertThat(a.ask("x", Counter.ADD, 100)).isEqualTo(101);
    }

    @Test
    void anAttemptThatJoinsTheFirstWhileAnotherIsLateHasItsAnswerStored() {
        takeTwice(3);
        CompletableFuture<Served> late = take(2);
        world.advance(100);
        assertThat(late.join()).isInstanceOf(Served.Answered.class);
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(101);
    }

    @Test
    void attemptsOfWhichNoneCanBeLateHaveNothingStored() {
        takeTwice(2);
        assertThat(take(1)).as("as far as the row knows it was not done").isNotDone();
    }

    @Test
    void aCallIsSentOnOnceAndThenItsCallerIsToldTheNewerMap() {
        EntityWorld.Node c = world.start("c");
        EntityWorld.Node d = world.start("d", counter);
        world.assignAll(a);
        world.commit(shard, b, false);
        a.directory.learn(world.map); // a believes that b owns it
        a.lose(shard);
        world.commit(shard, d, false);
        b.directory.learn(world.map); // and b knows that d does
        d.directory.learn(world.map);
        d.take(shard);
        world.advance(100);
        assertThat(c.ask("x", Counter.ADD, 1)).isEqualTo(1);
        assertThat(redirects(a, "forwarded")).isEqualTo(1);
        assertThat(redirects(b, "forwarded")).isZero();
        assertThat(redirects(b, "refused")).isEqualTo(1);
        assertThat(c.directory.map().revision()).isEqualTo(world.map.revision());
    }

    private static double redirects(EntityWorld.Node node, String result) {
        return node.meters
                .get("holdfast.shard.redirect")
                .tag("result", result)
                .counter()
                .count();
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

    @Test
    void aCommitThatIsLostNeverComesToPassAfterTheEntityWasReadAgain() {
        int late = 0;
        for (long seed = 1; seed <= 40; seed++) {
            EntityWorld other = new EntityWorld(seed);
            EntityWorld.Node c = other.start("c", new Counter());
            EntityWorld.Node d = other.start("d", new Counter());
            other.assignAll(c);
            c.ask("x", Counter.ADD, 1);
            CompletableFuture<byte[]> call = c.call("x", Counter.ADD, 10, 1_000);
            other.advance(seed % 4);
            other.table.isolate(c.id);
            other.advance(6_000);
            other.table.heal();
            long seen = c.ask("x", Counter.GET, 0);
            other.advance(60_000);
            c.lose(other.shardOf("x"));
            other.assign(other.shardOf("x"), d);
            assertThat(d.ask("x", Counter.GET, 0)).as("seed %d", seed).isEqualTo(seen);
            late += call.isCompletedExceptionally() && seen == 1 ? 1 : 0;
        }
        assertThat(late).as("commits that might have come late").isPositive();
    }

    @Test
    void manyCallsOfAnotherCallerPushNoOpenCallOut() {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        CompletableFuture<byte[]> lost = b.call("x", Counter.ADD, 10, 60_000);
        while (counter.done.get() < 2) {
            world.time.advance(Duration.ofNanos(100_000));
        }
        world.wire.network().cut("a", "b");
        CompletableFuture<byte[]> held = a.call("nobody-answers", Counter.GET, 0, 50_000);
        for (int i = 0; i < AnswerWindow.MAX_ANSWERS + 5; i++) {
            a.call("x", Counter.ADD, 1, 5_000);
        }
        world.advance(1_000);
        assertThat(held).isCompleted();
        world.wire.network().heal();
        assertThat(Counter.number(settle(lost).join())).isEqualTo(11);
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(11 + AnswerWindow.MAX_ANSWERS + 5);
    }

    @Test
    void moreCallsThanARowKeepsAnswersOfAllSucceedThoughOneOfThemIsLate() {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        world.wire.network().cutOneWay("b", "a");
        CompletableFuture<byte[]> late = b.call("x", Counter.ADD, 1, 30_000);
        world.advance(10);
        world.wire.network().heal();
        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            calls.add(b.call("x", Counter.ADD, 1, 30_000));
        }
        calls.forEach(this::settle);
        assertThat(calls).allMatch(call -> !call.isCompletedExceptionally());
        assertThat(settle(late)).isCompleted();
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(302);
    }

    @Test
    void aCallWhoseDeadlinePassesWhileItWaitsInLineIsSurelyNotDone() {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        world.table.isolate(a.id);
        for (int i = 0; i < OpenCalls.SPAN; i++) {
            b.call("x", Counter.ADD, 1, 3_000);
        }
        CompletableFuture<byte[]> last = b.call("x", Counter.ADD, 1, 1_000);
        assertThatThrownBy(() -> settle(last).join())
                .hasCauseInstanceOf(UnavailableException.class)
                .hasMessageContaining("calls of this node at it (48) are at their limit");
    }

    @Test
    void aCallThatItsCallerCancelsIsNotTriedAgain() {
        world.assignAll(a);
        world.commit(shard, b, false); // b does not serve it
        a.directory.learn(world.map);
        a.lose(shard);
        CompletableFuture<byte[]> call = a.call("x", Counter.ADD, 1, 60_000);
        world.advance(100);
        assertThat(call.cancel(true)).isTrue();
        world.advance(3_000);
        b.directory.learn(world.map);
        b.take(shard);
        world.advance(10_000);
        assertThat(counter.done).hasValue(0);
        assertThat(a.ask("x", Counter.ADD, 1)).isEqualTo(1);
    }

    /** A kind whose call moves its own shard away, and then waits for a call of a counter there, made by a node. */
    private final class Outer implements EntityType {
        private final EntityWorld.Node innerFrom;
        private final String inner;

        Outer(EntityWorld.Node innerFrom, String inner) {
            this.innerFrom = innerFrom;
            this.inner = inner;
        }

        @Override
        public String name() {
            return "outer";
        }

        @Override
        public Traits traits() {
            return new Traits(1, false, Duration.ofMinutes(1));
        }

        @Override
        public Entity create(String key, EntityScope scope) {
            return new Entity() {
                @Override
                public Reply call(long method, byte[] arguments) {
                    a.drainTo(world.shardOf(inner), b);
                    innerFrom.directory.learn(world.map);
                    b.directory.learn(world.map);
                    CompletableFuture<byte[]> answer = innerFrom
                            .router
                            .call("counter", inner, Counter.ADD, Counter.number(5), CallContext.current())
                            .toCompletableFuture();
                    return new Reply(settle(answer).join(), true);
                }

                @Override
                public void remind(String name) {}
            };
        }
    }

    private void aShardThatGoesDoesWhatItsCallWaitsFor(EntityWorld.Node from) {
        int here = world.map.shardOf("outer/x");
        String inner = "y";
        for (int i = 0; world.shardOf(inner) != here; i++) {
            inner = "y" + i;
        }
        a.host.register(new Outer(from, inner));
        world.assignAll(a);
        long start = world.time.clock().nanoTime();
        CompletableFuture<byte[]> call = a.router
                .call("outer", "x", 1, new byte[0], CallContext.EMPTY.withDeadline(world.in(10_000)))
                .toCompletableFuture();
        assertThat(Counter.number(settle(call).join())).isEqualTo(5);
        assertThat(world.time.clock().nanoTime() - start)
                .isLessThan(Duration.ofMillis(500).toNanos());
        assertThat(b.ask(inner, Counter.ADD, 1)).isEqualTo(6);
    }

    @Test
    void aShardThatGoesDoesTheCallThatItsRunningCallWaitsFor() {
        aShardThatGoesDoesWhatItsCallWaitsFor(a);
    }

    @Test
    void aShardThatGoesDoesTheCallThatItsRunningCallWaitsForWhenItComesByWayOfTheNextOwner() {
        aShardThatGoesDoesWhatItsCallWaitsFor(world.start("c"));
    }

    @Test
    void moreCallersThanARowKnowsHaveEachCallDoneOnce() {
        world.assignAll(a);
        int callers = AnswerWindow.MAX_SESSIONS + 8;
        EntityWorld.Node[] others = new EntityWorld.Node[callers];
        for (int i = 0; i < callers; i++) {
            others[i] = world.start("n" + i);
            others[i].directory.learn(world.map);
            assertThat(others[i].ask("x", Counter.ADD, 1)).isEqualTo(i + 1);
        }
        assertThat(others[0].ask("x", Counter.GET, 0))
                .as("forgotten, and reads")
                .isEqualTo(callers);
        assertThat(others[0].ask("x", Counter.ADD, 1))
                .as("forgotten, and writes")
                .isEqualTo(callers + 1);
        assertThat(others[0].ask("x", Counter.ADD, 1)).isEqualTo(callers + 2);
    }

    @Test
    void aCallThatMayHaveBeenDoneBeforeItsCallerWasForgottenEndsUnknown() {
        world.assignAll(a);
        a.ask("x", Counter.ADD, 1);
        CompletableFuture<byte[]> lost = b.call("x", Counter.ADD, 10, 60_000);
        while (counter.done.get() < 2) {
            world.time.advance(Duration.ofNanos(100_000));
        }
        world.wire.network().cut("a", "b");
        for (int i = 0; i < AnswerWindow.MAX_SESSIONS + 1; i++) {
            EntityWorld.Node other = world.start("n" + i);
            other.directory.learn(world.map);
            other.ask("x", Counter.ADD, 1);
        }
        world.wire.network().heal();
        assertThatThrownBy(() -> settle(lost).join())
                .hasCauseInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining("has forgotten this caller since");
        assertThat(a.ask("x", Counter.GET, 0)).isEqualTo(11 + AnswerWindow.MAX_SESSIONS + 1);
        assertThat(b.ask("x", Counter.ADD, 1)).as("introduced anew").isEqualTo(11 + AnswerWindow.MAX_SESSIONS + 2);
    }

    @Test
    void moreCallsThanMayBeUnderWayAreRefusedBeforeTheyAreSent() {
        EntityLimits few = EntityLimits.standard();
        world.limits = new EntityLimits(
                few.memory(),
                few.waiting(),
                3,
                few.callBytes(),
                few.running(),
                few.attempt(),
                few.commit(),
                few.timeout());
        EntityWorld.Node c = world.start("c", counter);
        for (int i = 0; i < 3; i++) {
            assertThat(c.call("x", Counter.ADD, 1, 1_000)).isNotDone();
        }
        assertThat(c.call("x", Counter.ADD, 1, 1_000))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("at their limit (3 calls");
        world.advance(2_000);
        assertThat(c.call("x", Counter.ADD, 1, 1_000)).isNotDone();
    }

    @Test
    void bytesOfNobodyAreRefusedAndTheNodeServesOn() {
        world.assignAll(a);
        for (byte[] hostile : new byte[][] {{}, {1}, {9, 9, 9}, new byte[1000]}) {
            var answer = b.transport.request(
                    a.transport.address(),
                    new io.holdfast.core.transport.Message(
                            EntityWire.ROUTE,
                            io.holdfast.core.call.CallContext.EMPTY.withDeadline(world.in(1_000)),
                            hostile,
                            io.holdfast.core.transport.Lane.CALL));
            world.advance(100);
            assertThatThrownBy(answer::join).hasCauseInstanceOf(io.holdfast.core.ProtocolException.class);
        }
        assertThat(b.ask("x", Counter.ADD, 1)).isEqualTo(1);
    }
}
