package io.holdfast.consensus.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.SimGroup;
import io.holdfast.consensus.primitive.MapChange;
import io.holdfast.consensus.primitive.MapCondition;
import io.holdfast.consensus.primitive.MapType;
import io.holdfast.consensus.session.SessionChange.State;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.Event;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.Deadline;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.Retry;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.Registration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class GroupSessionTest {
    private final SimGroup group = new SimGroup(5);

    /** A put counts the version of its key up: done twice shows. */
    private static byte[] put(String key) {
        return MapType.write(MapCondition.ALWAYS, MapChange.put(utf8(key), utf8("v")));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long version(Answer answer) {
        return MapChange.Outcome.decode(new ByteReader(answer.payload())).version();
    }

    private static Deadline in(SimGroup group, Duration time) {
        return Deadline.after(group.environment().clock().nanoTime(), time);
    }

    private Deadline in(Duration time) {
        return in(group, time);
    }

    private CompletableFuture<Answer> submit(GroupSession session, String key, Duration time) {
        return session.submit(MapType.ID, "m", put(key), in(time)).toCompletableFuture();
    }

    @Test
    void opensItselfWithTheFirstOperation() {
        GroupSession session = group.session(0);
        assertThat(session.id()).isZero();
        Answer answer = group.done(submit(session, "k", Duration.ofSeconds(5)));
        assertThat(version(answer)).isEqualTo(1);
        assertThat(session.id()).isPositive();
        assertThat(session.revision()).isEqualTo(answer.revision());
    }

    @Property(tries = 30)
    void appliesEachAcknowledgedOperationOnceAndEachUnknownOneAtMostOnce(@ForAll long seed) {
        SimGroup simulated = new SimGroup(seed);
        SplittableRandom random = new SplittableRandom(seed);
        GroupSession session = simulated.lossySession(0, seed);
        List<CompletableFuture<Answer>> all = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            byte[] put = put("k");
            all.add(session.submit(MapType.ID, "m", put, in(simulated, Duration.ofMillis(1 + random.nextLong(4000))))
                    .toCompletableFuture());
            simulated.advance(Duration.ofMillis(random.nextLong(40)));
            switch (random.nextInt(25)) {
                case 0 -> simulated.isolate(random.nextInt(3));
                case 1, 2 -> simulated.heal();
                case 3 -> simulated.restart(1 + random.nextInt(2));
                default -> {}
            }
        }
        simulated.heal();
        simulated.await("every outcome", () -> all.stream().allMatch(CompletableFuture::isDone));
        long done = all.stream().filter(f -> !f.isCompletedExceptionally()).count();
        long unknown = all.stream().filter(GroupSessionTest::isUnknown).count();
        long total = version(
                simulated.done(session.submit(MapType.ID, "m", put("k"), in(simulated, Duration.ofSeconds(30)))));
        assertThat(total - 1).as("acknowledged %d, unknown %d", done, unknown).isBetween(done, done + unknown);
        List<Long> versions = all.stream()
                .filter(f -> !f.isCompletedExceptionally())
                .map(f -> version(f.join()))
                .toList();
        assertThat(versions).as("no two were answered by the same effect").doesNotHaveDuplicates();
        simulated.agreed();
    }

    private static boolean isUnknown(CompletableFuture<Answer> future) {
        return future.isCompletedExceptionally()
                && future.handle((answer, error) -> error).join() instanceof UnknownOutcomeException;
    }

    @Test
    void staysOpenWhileItIsIdle() {
        GroupSession session = group.session(0);
        List<SessionChange> changes = new ArrayList<>();
        session.listen(changes::add);
        group.done(submit(session, "k", Duration.ofSeconds(5)));
        long id = session.id();
        group.advance(Duration.ofMinutes(5));
        assertThat(session.id()).isEqualTo(id);
        assertThat(changes).containsExactly(new SessionChange(State.OPEN, id));
    }

    @Property(tries = 50)
    void neverEndsEarlyOverLeaderChanges(@ForAll long seed) {
        SimGroup simulated = new SimGroup(seed);
        SplittableRandom random = new SplittableRandom(seed);
        GroupSession session = simulated.session(0);
        List<State> changes = new ArrayList<>();
        simulated.done(session.submit(MapType.ID, "m", put("k"), in(simulated, Duration.ofSeconds(5))));
        long id = session.id();
        session.listen(change -> changes.add(change.state()));
        for (int i = 0; i < 40; i++) {
            // cut off for less than what is left after the longest pause between two signs of life
            simulated.isolate(random.nextInt(3));
            simulated.advance(Duration.ofMillis(random.nextLong(4000)));
            simulated.heal();
            simulated.advance(Duration.ofMillis(1500 + random.nextLong(3000)));
        }
        assertThat(changes).doesNotContain(State.LOST);
        assertThat(session.id()).isEqualTo(id);
    }

    /** Ratis forgets what it has applied after 60 s; the session does not. */
    @Test
    void answersARepetitionAfterAMinuteOfOutageFromTheFirstTime() {
        GroupSession session = group.session(0);
        group.done(submit(session, "k", Duration.ofSeconds(5)));
        CompletableFuture<Answer> slow = submit(session, "k", Duration.ofMinutes(5));
        group.advance(Duration.ofMillis(1));
        group.isolate(1);
        group.isolate(2);
        group.advance(Duration.ofSeconds(90));
        assertThat(slow.isDone() && slow.isCompletedExceptionally()).isFalse();
        group.restart(1);
        group.restart(2);
        group.heal();
        assertThat(version(group.done(slow))).isEqualTo(2);
        assertThat(version(group.done(submit(session, "k", Duration.ofSeconds(5)))))
                .isEqualTo(3);
    }

    @Test
    void timeStandsStillForASessionWhileNobodyLeads() {
        GroupSession session = group.session(0);
        List<State> changes = new ArrayList<>();
        group.done(submit(session, "k", Duration.ofSeconds(5)));
        long id = session.id();
        session.listen(change -> changes.add(change.state()));
        group.isolate(1);
        group.isolate(2);
        group.advance(Duration.ofSeconds(60));
        assertThat(changes).as("this node cannot know").containsExactly(State.SUSPENDED);
        group.heal();
        group.await("the session to be open again", () -> changes.size() == 2);
        assertThat(changes).containsExactly(State.SUSPENDED, State.OPEN);
        assertThat(session.id()).isEqualTo(id);
    }

    @Test
    void opensAnotherSessionWhenTheGroupHasEndedIt() {
        GroupSession session = group.session(0);
        group.done(submit(session, "k", Duration.ofSeconds(5)));
        long id = session.id();
        List<State> changes = new ArrayList<>();
        session.listen(change -> changes.add(change.state()));
        group.isolate(0);
        group.advance(Duration.ofSeconds(15));
        CompletableFuture<Answer> waiting = submit(session, "k", Duration.ofSeconds(30));
        group.advance(Duration.ofSeconds(5));
        group.heal();
        assertThat(version(group.done(waiting))).isEqualTo(2);
        assertThat(session.id()).isGreaterThan(id);
        assertThat(changes).containsExactly(State.SUSPENDED, State.LOST, State.OPEN);
        assertThatThrownBy(() -> group.done(session.submitIn(id, MapType.ID, "m", put("k"), in(Duration.ofSeconds(5)))))
                .isInstanceOf(SessionLostException.class);
    }

    @Test
    void saysThatWhatWasNotSentWasNotDone() {
        group.isolate(0);
        GroupSession session = group.session(0);
        assertThatThrownBy(() -> group.done(submit(session, "k", Duration.ofSeconds(3))))
                .isInstanceOf(NotAppliedException.class);
        assertThat(group.log(0).applied()).isZero();
    }

    @Test
    void anUnknownOutcomeTellsHowToResolveItAndAReadDoesSo() {
        GroupSession session = group.session(0);
        group.done(submit(session, "k", Duration.ofSeconds(5)));
        CompletableFuture<Answer> put = submit(session, "k", Duration.ofMillis(800));
        group.isolate(0);
        assertThatThrownBy(() -> group.done(put))
                .isInstanceOfSatisfying(
                        UnknownOutcomeException.class,
                        e -> assertThat(e.retry()).isEqualTo(Retry.IF_IDEMPOTENT))
                .hasMessageContaining("m (session " + session.id() + ", number 2)")
                .hasMessageContaining("may or may not have been applied by group meta")
                .hasMessageContaining("read what it was to change before doing it again");
        group.heal();
        byte[] question = MapType.get(utf8("k"));
        Answer read = group.done(
                session.ask(MapType.ID, "m", question, ReadConsistency.LINEARIZABLE, in(Duration.ofSeconds(30))));
        MapChange.Outcome found = MapChange.Outcome.decode(new ByteReader(read.payload()));
        long version = Objects.requireNonNull(found.existing()).version();
        assertThat(version).isBetween(1L, 2L);
        assertThat(version(group.done(submit(session, "k", Duration.ofSeconds(5)))))
                .as("what the read has told stands")
                .isEqualTo(version + 1);
    }

    @Test
    void refusesMoreThanMayWait() {
        group.isolate(0);
        GroupSession session = group.session(0);
        for (int i = 0; i < SessionConfig.lan().maxWaiting(); i++) {
            submit(session, "k", Duration.ofHours(1));
        }
        assertThatThrownBy(() -> group.done(submit(session, "k", Duration.ofSeconds(1))))
                .isInstanceOfSatisfying(
                        OverloadedException.class,
                        e -> assertThat(e.retryAfter()).contains(Duration.ofMillis(100)))
                .hasMessageContaining("8192")
                .hasMessageContaining("slow the callers down");
        session.close();
    }

    @Test
    void keepsMoreOperationsThanTheWindowWaitingForTheirTurn() {
        GroupSession session = group.session(0);
        List<CompletableFuture<Answer>> all = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            all.add(submit(session, "k", Duration.ofSeconds(60)));
        }
        group.await("all", () -> all.stream().allMatch(CompletableFuture::isDone));
        assertThat(all).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(version(group.done(submit(session, "k", Duration.ofSeconds(5)))))
                .isEqualTo(5001);
    }

    @Test
    void whatBelongsToASessionOfThePastIsNotDoneInTheNext() {
        GroupSession session = group.session(0);
        group.done(submit(session, "k", Duration.ofSeconds(5)));
        long id = session.id();
        group.isolate(0);
        for (int i = 0; i < StateLimits.WINDOW; i++) {
            submit(session, "k", Duration.ofHours(1));
        }
        CompletableFuture<Answer> waits = session.submitIn(id, MapType.ID, "m", put("bound"), Deadline.NONE)
                .toCompletableFuture();
        group.advance(Duration.ofSeconds(30));
        assertThat(waits).as("no number is free").isNotDone();
        group.heal();
        assertThatThrownBy(() -> group.done(waits))
                .isInstanceOf(SessionLostException.class)
                .hasMessageContaining("session " + id);
        group.await("the next session", () -> session.id() > id);
        assertThat(version(group.done(session.submit(MapType.ID, "m", put("bound"), in(Duration.ofSeconds(5))))))
                .as("it was not done")
                .isEqualTo(1);
    }

    @Test
    void aWatchFromARevisionTellsNothingBeforeItAlsoIfItsReplicaIsBehind() {
        GroupSession writes = group.session(1);
        GroupSession reads = group.session(0);
        group.done(submit(writes, "before", Duration.ofSeconds(60)));
        group.await("a replica", () -> group.log(0).applied() == group.log(1).applied());
        group.isolate(0);
        for (int i = 0; i < 5; i++) {
            group.done(submit(writes, "missed", Duration.ofSeconds(60)));
        }
        long from = group.done(submit(writes, "first", Duration.ofSeconds(60))).revision();
        List<Event> told = new ArrayList<>();
        Watcher watcher = new Watcher() {
            @Override
            public void onEvents(List<Event> events) {
                told.addAll(events);
            }

            @Override
            public void onCompacted(long revision) {
                throw new IllegalStateException("nothing was forgotten");
            }
        };
        try (Registration watch = reads.watch(MapType.ID, "m", KeyRange.ALL, from, watcher)) {
            group.advance(Duration.ofSeconds(2));
            group.heal();
            group.await("the event", () -> !told.isEmpty());
            group.advance(Duration.ofSeconds(2));
            assertThat(told).extracting(Event::revision).containsExactly(from);
        }
    }

    @Test
    void aListenerThatThrowsDoesNotKeepTheSessionFromGoingOn() {
        GroupSession session = group.session(0);
        session.listen(change -> {
            throw new IllegalStateException("planned");
        });
        group.done(submit(session, "k", Duration.ofSeconds(5)));
        long id = session.id();
        group.advance(Duration.ofMinutes(1));
        assertThat(version(group.done(submit(session, "k", Duration.ofSeconds(5)))))
                .isEqualTo(2);
        assertThat(session.id()).as("kept alive").isEqualTo(id);
    }

    @Test
    void closingEndsTheSessionInTheGroup() {
        GroupSession session = group.session(0);
        group.done(submit(session, "k", Duration.ofSeconds(5)));
        assertThat(group.agreed().sessions()).isEqualTo(1);
        session.close();
        group.advance(Duration.ofSeconds(1));
        assertThat(group.agreed().sessions()).isZero();
        assertThatThrownBy(() -> group.done(submit(session, "k", Duration.ofSeconds(5))))
                .isInstanceOf(NotAppliedException.class);
    }
}
