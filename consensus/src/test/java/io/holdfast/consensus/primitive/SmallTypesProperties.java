package io.holdfast.consensus.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jspecify.annotations.Nullable;

/** The small types against plain values. */
class SmallTypesProperties {
    private MachineRun run = new MachineRun();
    private long session;

    @BeforeTry
    void begin() {
        run = new MachineRun();
        session = run.open();
    }

    private static final long[] EDGES = {
        Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, 1, Long.MAX_VALUE - 1, Long.MAX_VALUE
    };

    private static long number(SplittableRandom random) {
        return random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextLong(-20, 20);
    }

    @Property(tries = 40)
    void aCounterIsABigNumberThatRefusesToLeaveItsBounds(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BigInteger value = BigInteger.ZERO;
        for (int step = 0; step < 60; step++) {
            long argument = number(random);
            if (random.nextInt(4) == 0) {
                long expected = random.nextBoolean() ? value.longValue() : number(random);
                CounterType.Change change = CounterType.Change.decode(
                        run.done(session, CounterType.ID, CounterType.compareAndSet(expected, argument)));
                assertThat(change.done()).isEqualTo(value.longValue() == expected);
                value = change.done() ? BigInteger.valueOf(argument) : value;
            } else {
                long min = random.nextBoolean() ? Long.MIN_VALUE : -10;
                long max = random.nextBoolean() ? Long.MAX_VALUE : 10;
                BigInteger sum = value.add(BigInteger.valueOf(argument));
                boolean fits =
                        sum.compareTo(BigInteger.valueOf(min)) >= 0 && sum.compareTo(BigInteger.valueOf(max)) <= 0;
                Answer answer = run.operate(session, CounterType.ID, CounterType.add(argument, min, max));
                assertThat(answer.status()).isEqualTo(fits ? Answer.Status.OK : Answer.Status.REFUSED);
                value = fits ? sum : value;
            }
            assertThat(CounterType.Change.decode(run.ask(CounterType.ID, CounterType.get()))
                            .after())
                    .isEqualTo(value.longValue());
        }
    }

    private static byte @Nullable [] bytes(@Nullable String value) {
        return value == null ? null : value.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String text(byte @Nullable [] value) {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    @Property(tries = 40)
    void aReferenceIsAVariable(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String[] values = {null, "", "a", "b"};
        String value = null;
        for (int step = 0; step < 40; step++) {
            String expected = values[random.nextInt(4)];
            String next = values[random.nextInt(4)];
            boolean always = random.nextBoolean();
            byte[] operation = always ? RefType.set(bytes(next)) : RefType.compareAndSet(bytes(expected), bytes(next));
            RefType.Change change = RefType.Change.decode(run.done(session, RefType.ID, operation));
            assertThat(text(change.before())).isEqualTo(value);
            assertThat(change.done()).isEqualTo(always || java.util.Objects.equals(expected, value));
            value = change.done() ? next : value;
            assertThat(text(RefType.Change.decode(run.ask(RefType.ID, RefType.get()))
                            .before()))
                    .isEqualTo(value);
        }
    }

    @Property(tries = 25)
    void noNumberIsGivenTwiceAlsoAcrossSnapshots(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Set<Long> given = new HashSet<>();
        for (int step = 0; step < 30; step++) {
            int count = 1 + random.nextInt(5);
            long first = new ByteReader(run.done(session, IdType.ID, IdType.reserve(count))).varlong();
            for (long id = first; id < first + count; id++) {
                assertThat(given.add(id)).isTrue();
            }
            if (random.nextInt(5) == 0) {
                run.restart();
            }
        }
    }

    @Property(tries = 25)
    void aLatchCountsDownToZeroAndIsSetOnlyThere(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int count = 0;
        for (int step = 0; step < 40; step++) {
            if (random.nextInt(4) == 0) {
                int wanted = 1 + random.nextInt(5);
                boolean set = run.done(session, LatchType.ID, LatchType.set(wanted))[0] == 1;
                assertThat(set).isEqualTo(count == 0);
                count = set ? wanted : count;
            } else {
                count = Math.max(0, count - 1);
                assertThat(new ByteReader(run.done(session, LatchType.ID, LatchType.countDown())).varlong())
                        .isEqualTo(count);
            }
            assertThat(new ByteReader(run.ask(LatchType.ID, LatchType.get())).varlong())
                    .isEqualTo(count);
        }
    }

    @Property(tries = 40)
    void partiesPassABarrierTogetherOrNotAtAll(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int parties = 1 + random.nextInt(4);
        List<long[]> waiting = new ArrayList<>();
        List<Long> sessions = new ArrayList<>();
        for (int step = 1; step < 60; step++) {
            if (sessions.size() < 3) {
                sessions.add(run.open());
            }
            long party = sessions.get(random.nextInt(sessions.size()));
            switch (random.nextInt(6)) {
                case 0 -> {
                    run.close(party);
                    sessions.remove(party);
                    waiting.removeIf(each -> each[0] == party);
                }
                case 1 -> {
                    if (!waiting.isEmpty()) {
                        long[] leaves = waiting.remove(random.nextInt(waiting.size()));
                        assertThat(run.done(leaves[0], BarrierType.ID, BarrierType.leave(leaves[1])))
                                .containsExactly(1);
                    }
                }
                default -> {
                    boolean last = waiting.size() + 1 == parties;
                    byte[] stage = run.done(party, BarrierType.ID, BarrierType.enter(step, parties));
                    assertThat(stage[0]).isEqualTo((byte) (last ? 1 : 0));
                    if (last) {
                        waiting.forEach(each -> assertThat(
                                        run.ask(BarrierType.ID, BarrierType.stage(each[0], each[1]))[0])
                                .isEqualTo((byte) 1));
                        waiting.clear();
                    } else {
                        waiting.add(new long[] {party, step});
                    }
                }
            }
            assertThat(new ByteReader(run.ask(BarrierType.ID, BarrierType.waiting())).varlong())
                    .isEqualTo(waiting.size());
        }
    }

    @Property(tries = 25)
    void aTopicKeepsItsNewestMessagesInOrder(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> all = new ArrayList<>();
        int oldest = 0;
        for (int step = 0; step < 40; step++) {
            int retained = 1 + random.nextInt(10);
            String value = "m" + step;
            long offset =
                    new ByteReader(run.done(session, TopicType.ID, TopicType.append(bytes(value), retained))).varlong();
            assertThat(offset).isEqualTo(step);
            all.add(value);
            oldest = Math.max(oldest, all.size() - retained);
            int from = random.nextInt(all.size() + 2);
            int limit = 1 + random.nextInt(6);
            TopicType.Page page = TopicType.Page.decode(run.ask(TopicType.ID, TopicType.read(from, limit)));
            int first = Math.min(Math.max(from, oldest), all.size());
            assertThat(page.first()).isEqualTo(first);
            assertThat(page.oldest()).isEqualTo(oldest);
            assertThat(page.end()).isEqualTo(all.size());
            assertThat(page.values().stream().map(SmallTypesProperties::text))
                    .isEqualTo(all.subList(first, Math.min(all.size(), first + limit)));
        }
    }
}
