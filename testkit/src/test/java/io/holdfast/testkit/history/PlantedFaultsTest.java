package io.holdfast.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.history.CounterModel.Add;
import io.holdfast.testkit.history.LockModel.Acquire;
import io.holdfast.testkit.history.LockModel.Acquired;
import io.holdfast.testkit.history.LockModel.Held;
import io.holdfast.testkit.history.LockModel.Release;
import io.holdfast.testkit.history.LockModel.Released;
import io.holdfast.testkit.history.QueueModel.Offer;
import io.holdfast.testkit.history.QueueModel.Offered;
import io.holdfast.testkit.history.QueueModel.Poll;
import io.holdfast.testkit.history.QueueModel.Polled;
import io.holdfast.testkit.history.RegisterModel.Cas;
import io.holdfast.testkit.history.RegisterModel.Read;
import io.holdfast.testkit.history.RegisterModel.Swapped;
import io.holdfast.testkit.history.RegisterModel.Value;
import io.holdfast.testkit.history.RegisterModel.Write;
import io.holdfast.testkit.history.RegisterModel.Written;
import io.holdfast.testkit.history.VersionedModel.Found;
import io.holdfast.testkit.history.VersionedModel.Get;
import io.holdfast.testkit.history.VersionedModel.Put;
import io.holdfast.testkit.history.VersionedModel.Stored;
import org.junit.jupiter.api.Test;

/** Each kind of fault the checker is there for, next to the history that differs from it least and is right. */
class PlantedFaultsTest {
    private static Script<RegisterModel.Input, RegisterModel.Output> register() {
        return new Script<>();
    }

    private static Script<LockModel.Input, LockModel.Output> lock() {
        return new Script<>();
    }

    private static Script<QueueModel.Input, QueueModel.Output> queue() {
        return new Script<>();
    }

    private static void valid(Verdict verdict) {
        assertThat(verdict.status()).as("%s", verdict).isEqualTo(Verdict.Status.VALID);
    }

    private static void invalid(Verdict verdict) {
        assertThat(verdict.status()).as("%s", verdict).isEqualTo(Verdict.Status.INVALID);
    }

    @Test
    void aReadAfterAnAcknowledgedWriteDoesNotSeeTheOldValue() {
        var writes = register().ok(1, 1, 2, new Write("a"), new Written()).ok(1, 3, 6, new Write("b"), new Written());
        valid(writes.ok(2, 4, 5, new Read(), new Value("a")).check(new RegisterModel()));
        Verdict verdict = writes.ok(2, 7, 8, new Read(), new Value("a")).check(new RegisterModel());
        invalid(verdict);
        assertThat(verdict.toString())
                .contains("key k is INVALID: 3 operations that ended before can be explained; this one cannot")
                .contains("process 2 [7, 8] Read[] -> Value[value=a]")
                .contains("tried: state Optional[b]")
                .contains("process 1 [3, 6] Write[value=b] -> Written[]");
    }

    /** Herlihy and Wing 1990: two reads of overlapping processes must agree on the order of one write. */
    @Test
    void aValueOnceReadIsNotUnread() {
        var write = register().ok(1, 1, 10, new Write("a"), new Written());
        valid(write.ok(2, 2, 3, new Read(), new Value(null))
                .ok(3, 4, 5, new Read(), new Value("a"))
                .check(new RegisterModel()));
        invalid(write.ok(2, 6, 7, new Read(), new Value(null)).check(new RegisterModel()));
    }

    @Test
    void twoSwapsFromOneValueDoNotBothSucceed() {
        var swaps = register().ok(1, 1, 4, new Cas(null, "a"), new Swapped(true));
        valid(swaps.ok(2, 2, 3, new Cas("a", "b"), new Swapped(true)).check(new RegisterModel()));
        invalid(swaps.ok(3, 2, 5, new Cas(null, "c"), new Swapped(true)).check(new RegisterModel()));
    }

    @Test
    void aFailedWriteIsNotReadAndAnUnknownOneIsReadFromThenOn() {
        invalid(register()
                .failed(1, 1, 2, new Write("a"))
                .ok(2, 3, 4, new Read(), new Value("a"))
                .check(new RegisterModel()));
        var unknown = register()
                .unknown(1, 1, new Write("a"))
                .ok(2, 3, 4, new Read(), new Value(null))
                .ok(2, 5, 6, new Read(), new Value("a"));
        valid(unknown.check(new RegisterModel()));
        invalid(unknown.ok(2, 7, 8, new Read(), new Value(null)).check(new RegisterModel()));
    }

    @Test
    void anUnknownWriteTakesEffectOnce() {
        var once = register()
                .unknown(1, 1, new Write("a"))
                .ok(2, 2, 3, new Read(), new Value("a"))
                .ok(2, 4, 5, new Write("b"), new Written());
        valid(once.check(new RegisterModel()));
        invalid(once.ok(3, 6, 7, new Read(), new Value("a")).check(new RegisterModel()));
    }

    @Test
    void anUnknownOperationHasNoEffectBeforeItBegins() {
        invalid(register()
                .ok(2, 1, 2, new Read(), new Value("a"))
                .unknown(1, 3, new Write("a"))
                .check(new RegisterModel()));
    }

    @Test
    void noAdditionIsLost() {
        Script<CounterModel.Input, CounterModel.Value> counter = new Script<>();
        counter.ok(1, 1, 3, new Add(1), new CounterModel.Value(1));
        valid(counter.unknown(2, 2, new Add(5)).check(new CounterModel()));
        valid(counter.ok(3, 4, 5, new Add(1), new CounterModel.Value(7)).check(new CounterModel()));
        invalid(counter.ok(3, 6, 7, new Add(1), new CounterModel.Value(7)).check(new CounterModel()));
    }

    @Test
    void aLockHasOneHolder() {
        var held = lock().ok(1, 1, 2, new Acquire("a"), new Acquired(1));
        valid(held.ok(2, 3, 4, new Acquire("b"), new Held()).check(LockModel.strict()));
        var twice = held.ok(2, 5, 6, new Acquire("b"), new Acquired(2));
        invalid(twice.check(LockModel.strict()));
        valid(twice.check(LockModel.strict().withLeases()));
    }

    @Test
    void aTokenIsNeverReusedAndNeverGoesBack() {
        for (long token : new long[] {4, 5}) {
            var again = lock().ok(1, 1, 2, new Acquire("a"), new Acquired(5))
                    .ok(1, 3, 4, new Release(5), new Released(true))
                    .ok(2, 5, 6, new Acquire("b"), new Acquired(token));
            invalid(again.check(LockModel.strict()));
            invalid(again.check(LockModel.strict().withLeases().withReentrance()));
        }
    }

    @Test
    void aHolderGetsItsOwnTokenAgainOnlyFromAReentrantLock() {
        var again = lock().unknown(1, 1, new Acquire("a")).ok(1, 3, 4, new Acquire("a"), new Acquired(1));
        var third = again.ok(1, 5, 6, new Acquire("a"), new Acquired(1));
        invalid(third.check(LockModel.strict()));
        valid(third.check(LockModel.strict().withReentrance()));
    }

    @Test
    void aQueueKeepsTheOrder() {
        var offers = queue().ok(1, 1, 2, new Offer("a"), new Offered()).ok(1, 3, 4, new Offer("b"), new Offered());
        invalid(queue().ok(1, 1, 2, new Offer("a"), new Offered())
                .ok(1, 3, 4, new Offer("b"), new Offered())
                .ok(2, 5, 6, new Poll(), new Polled("b"))
                .ok(2, 7, 8, new Poll(), new Polled("a"))
                .check(new QueueModel()));
        valid(offers.ok(2, 5, 8, new Poll(), new Polled("b"))
                .ok(3, 6, 7, new Poll(), new Polled("a"))
                .check(new QueueModel()));
    }

    @Test
    void aQueueNeitherLosesNorDoublesNorInvents() {
        var offer = queue().ok(1, 1, 2, new Offer("a"), new Offered());
        invalid(queue().ok(1, 1, 2, new Offer("a"), new Offered())
                .ok(2, 3, 4, new Poll(), new Polled(null))
                .check(new QueueModel()));
        valid(offer.ok(2, 3, 4, new Poll(), new Polled("a")).check(new QueueModel()));
        invalid(offer.ok(3, 5, 6, new Poll(), new Polled("a")).check(new QueueModel()));
        invalid(queue().ok(2, 3, 4, new Poll(), new Polled("x")).check(new QueueModel()));
    }

    @Test
    void anUnknownPollMayHaveTakenOneValueAndNotTwo() {
        var polls = queue().ok(1, 1, 2, new Offer("a"), new Offered())
                .ok(1, 3, 4, new Offer("b"), new Offered())
                .unknown(2, 5, new Poll());
        valid(polls.ok(3, 6, 7, new Poll(), new Polled("b")).check(new QueueModel()));
        invalid(queue().ok(1, 1, 2, new Offer("a"), new Offered())
                .ok(1, 3, 4, new Offer("b"), new Offered())
                .unknown(2, 5, new Poll())
                .ok(3, 6, 7, new Poll(), new Polled(null))
                .check(new QueueModel()));
    }

    @Test
    void aRevisionGrowsWithEachWriteOfItsKey() {
        Script<VersionedModel.Input, VersionedModel.Output> key = new Script<>();
        key.ok(1, 1, 2, new Put("a"), new Stored(3)).unknown(1, 3, new Put("b"));
        valid(key.ok(2, 4, 5, new Get(), new Found("b", 9)).check(new VersionedModel()));
        invalid(key.ok(2, 6, 7, new Put("c"), new Stored(9)).check(new VersionedModel()));
    }

    /** The last returns tell that an early order was wrong: the search must come back from far. */
    @Test
    void aWrongOrderOfConcurrentWritesIsFoundOutLate() {
        var script =
                register().ok(1, 1, 100, new Write("a"), new Written()).ok(2, 2, 101, new Write("b"), new Written());
        script.ok(3, 3, 4, new Read(), new Value("b")).ok(3, 5, 6, new Read(), new Value("a"));
        valid(script.ok(4, 102, 103, new Read(), new Value("a")).check(new RegisterModel()));
        invalid(script.ok(4, 104, 105, new Read(), new Value("b")).check(new RegisterModel()));
    }

    @Test
    void fortyUnknownWritesDoNotBlowUpTheSearch() {
        var script = register();
        for (int i = 0; i < 40; i++) {
            script.unknown(i, i + 1, new Write("u" + i));
        }
        for (int i = 0; i < 40; i++) {
            script.ok(50, 100 + 4 * i, 101 + 4 * i, new Write("w" + i), new Written());
            script.ok(50, 102 + 4 * i, 103 + 4 * i, new Read(), new Value(i % 2 == 0 ? "w" + i : "u" + (40 - i)));
        }
        valid(script.check(new RegisterModel()));
        invalid(script.ok(51, 900, 901, new Read(), new Value("never")).check(new RegisterModel()));
    }
}
