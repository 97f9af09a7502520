package io.holdfast.replication.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.cluster.ReplicatedJournal.Position;
import io.holdfast.core.env.Registration;
import io.holdfast.replication.event.PartitionView.State;
import io.holdfast.testkit.sim.SimJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConsumerGroupTest {
    private static final ConsumerConfig CONFIG =
            ConsumerConfig.of("mailer").withBatch(3).withAttempts(2);

    private final LogWorld world = new LogWorld(5, 1);
    private final EventLog<String> log = world.log("a");
    private final List<String> seen = new ArrayList<>();
    private final Set<String> poison = new HashSet<>();
    /** As long as both are there, {@code b} has the partition. */
    private final ConsumerConfig config = IntStream.range(0, 20)
            .mapToObj(i -> ConsumerConfig.of("mailer-" + i).withBatch(3).withAttempts(2))
            .filter(each -> Shares.of(NodeId.of("b"), Set.of(NodeId.of("a"), NodeId.of("b")), each.group(), 1)
                    .contains(0))
            .findFirst()
            .orElseThrow();

    private CompletionStage<?> handle(EventBatch<String> batch) {
        for (LoggedEvent<String> each : batch.events()) {
            if (poison.contains(each.event())) {
                throw new IllegalStateException("it is poison");
            }
        }
        batch.events().forEach(each -> seen.add(each.event()));
        return CompletableFuture.completedFuture(null);
    }

    private ConsumerGroup<String> start(ConsumerConfig config) {
        return log.consume(config, Crew.alone(NodeId.of("a")), this::handle);
    }

    private Position position() {
        return world.done(log.journal(0).consumers(ReadConsistency.LINEARIZABLE, world.soon()))
                .get(0);
    }

    private PartitionView view(ConsumerGroup<String> group) {
        return world.done(group.partitions()).get(0);
    }

    @Test
    void aGroupGoesOnWhereItWasCommittedLast() {
        world.append(log, "k", "1", "2", "3", "4", "5");
        ConsumerGroup<String> first = start(CONFIG);
        world.await("all", () -> seen.size() == 5);
        world.done(first.stop());
        assertThat(position().next()).isEqualTo(6);
        assertThat(position().owner()).isEmpty();
        world.append(log, "k", "6");
        ConsumerGroup<String> second = start(CONFIG);
        world.await("the new one", () -> seen.size() == 6);
        assertThat(seen).containsExactly("1", "2", "3", "4", "5", "6");
        world.done(second.stop());
    }

    @Test
    void stoppingWaitsForTheBatchAtWorkAndCommitsIt() {
        world.append(log, "k", "1", "2", "3", "4");
        List<CompletableFuture<Void>> open = new ArrayList<>();
        ConsumerGroup<String> group = log.consume(CONFIG, Crew.alone(NodeId.of("a")), batch -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            open.add(done);
            return done;
        });
        world.await("the first batch", () -> open.size() == 1);
        CompletableFuture<Void> stopped = group.stop().toCompletableFuture();
        world.advance(Duration.ofSeconds(3));
        assertThat(stopped).isNotDone();
        open.get(0).complete(null);
        world.done(stopped);
        assertThat(open).hasSize(1);
        assertThat(position().next()).isEqualTo(4);
    }

    @Test
    void poisonParksItsPartitionBehindAllThatStandsBeforeItAndARetryGoesOn() {
        poison.add("2");
        world.append(log, "k", "1", "2", "3", "4");
        ConsumerGroup<String> group = start(CONFIG);
        world.await("it parks", () -> view(group).state() == State.PARKED);
        assertThat(seen).containsExactly("1");
        PartitionView parked = view(group);
        assertThat(List.of(parked.parkedAt(), parked.next())).containsExactly(2L, 2L);
        assertThat(parked.error()).contains("it is poison");
        assertThat(world.done(group.retry(0))).isTrue();
        world.await("it parks again", () -> view(group).state() == State.PARKED);
        poison.clear();
        assertThat(world.done(group.retry(0))).isTrue();
        world.await("all", () -> seen.size() == 4);
        assertThat(world.done(group.retry(0))).as("nothing is parked").isFalse();
        world.await("the position", () -> position().next() == 5);
        world.done(group.stop());
    }

    @Test
    void poisonThatIsSkippedIsSeenByNobodyAndTheRestIsHandled() {
        poison.add("2");
        world.append(log, "k", "1", "2", "3", "undecodable", "5");
        ConsumerGroup<String> group = start(CONFIG);
        world.await("it parks", () -> view(group).parkedAt() == 2);
        assertThat(world.done(group.skip(0))).isTrue();
        world.await("it parks at what cannot be decoded", () -> view(group).parkedAt() == 4);
        assertThat(world.done(group.retry(0))).isTrue();
        world.await("it parks again", () -> view(group).state() == State.PARKED);
        assertThat(world.done(group.skip(0))).isTrue();
        world.await("the last", () -> seen.contains("5"));
        assertThat(seen).containsExactly("1", "3", "5");
        world.await("the position", () -> position().next() == 6);
        world.done(group.stop());
    }

    @Test
    void aParkedPartitionIsGivenUpAtOnceAndParksAtTheSameEventElsewhere() {
        poison.add("2");
        world.append(log, "k", "1", "2");
        ConsumerGroup<String> first = start(CONFIG);
        world.await("it parks", () -> view(first).state() == State.PARKED);
        world.done(first.stop());
        ConsumerGroup<String> second = start(CONFIG);
        world.await("it parks again", () -> view(second).parkedAt() == 2);
        assertThat(seen).containsExactly("1");
        world.done(second.stop());
    }

    @Test
    void poisonGoesToTheDeadLettersAndThePartitionGoesOn() {
        SimJournal place = new SimJournal(world.environment, 9, GroupId.of("dead"));
        ReplicatedJournal dead = place.view(NodeId.of("a"));
        poison.add("2");
        poison.add("5");
        world.append(log, "k", "1", "2", "3", "undecodable", "5");
        ConsumerGroup<String> group = start(CONFIG.withDeadLetters(DeadLetters.in(dead)));
        world.await("all but poison", () -> view(group).next() == 6);
        assertThat(seen).containsExactly("1", "3");
        List<DeadLetter> letters =
                world.done(dead.read(0, 10, 10_000, ReadConsistency.LINEARIZABLE, world.soon())).records().stream()
                        .map(each -> DeadLetter.decode(each.value()))
                        .toList();
        assertThat(letters).extracting(DeadLetter::offset).containsExactly(2L, 4L, 5L);
        assertThat(letters.get(0).error()).contains("it is poison");
        assertThat(new TextEvents().encode("2")).isEqualTo(tail(letters.get(0).value()));
        world.done(group.stop());
    }

    private static byte[] tail(byte[] value) {
        return Arrays.copyOfRange(value, 1, value.length);
    }

    /** A crew that the test tells who is present. */
    private static final class TestCrew implements Crew {
        private final NodeId self;
        private final List<Runnable> listeners = new ArrayList<>();
        private Set<NodeId> present = Set.of();

        TestCrew(String self) {
            this.self = NodeId.of(self);
        }

        void is(String... names) {
            Set<NodeId> next = new HashSet<>();
            for (String name : names) {
                next.add(NodeId.of(name));
            }
            present = next;
            listeners.forEach(Runnable::run);
        }

        @Override
        public NodeId self() {
            return self;
        }

        @Override
        public Set<NodeId> present() {
            return present;
        }

        @Override
        public Registration watch(Runnable changed) {
            listeners.add(changed);
            return () -> listeners.remove(changed);
        }
    }

    @Test
    void whoSeemsToLiveIsGivenTimeToFinishAndThenReplacedAllTheSame() {
        world.append(log, "k", "1", "2");
        List<CompletableFuture<Void>> stuck = new ArrayList<>();
        TestCrew a = new TestCrew("a");
        a.is("a");
        ConsumerGroup<String> first = log.consume(config, a, batch -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            stuck.add(done);
            return done;
        });
        world.await("the first has a batch", () -> stuck.size() == 1);
        TestCrew b = new TestCrew("b");
        b.is("a", "b");
        ConsumerGroup<String> second = world.log("b").consume(config, b, this::handle);
        world.advance(Duration.ofSeconds(9));
        assertThat(seen).isEmpty();
        world.await("the second takes over", () -> seen.size() == 2);
        assertThat(position().owner()).isEqualTo("b");
        stuck.get(0).complete(null);
        world.advance(Duration.ofSeconds(2));
        world.append(log, "k", "3");
        world.await("the second goes on", () -> seen.size() == 3);
        assertThat(seen).containsExactly("1", "2", "3");
        assertThat(stuck).hasSize(1);
        a.is("a", "b");
        world.done(first.stop());
        world.done(second.stop());
    }

    @Test
    void whoLeavesTheCrewIsReplacedAtOnceAndOneThatIsLetGoAsWell() {
        TestCrew a = new TestCrew("a");
        a.is("a");
        ConsumerGroup<String> first = log.consume(config, a, this::handle);
        world.append(log, "k", "1");
        world.await("the first", () -> seen.size() == 1);
        TestCrew b = new TestCrew("b");
        b.is("a", "b");
        ConsumerGroup<String> second = world.log("b").consume(config, b, this::handle);
        a.is("a", "b");
        world.advance(Duration.ofSeconds(1));
        assertThat(position().owner()).isEqualTo("b");
        world.done(second.stop());
        a.is("a");
        world.advance(Duration.ofSeconds(1));
        assertThat(position().owner()).as("b has let it go").isEqualTo("a");
        b.is("b");
        ConsumerGroup<String> third = world.log("b").consume(config, b, this::handle);
        world.advance(Duration.ofSeconds(1));
        assertThat(position().owner()).as("a is gone as far as b knows").isEqualTo("b");
        world.append(log, "k", "2");
        world.await("the third", () -> seen.contains("2"));
        assertThat(seen.subList(0, 2)).containsExactly("1", "2");
        a.is("a", "b");
        world.done(first.stop());
        world.done(third.stop());
    }

    @Test
    void partitionsAreSharedEvenlyAndMostStayWhenSomebodyLeaves() {
        List<NodeId> three = List.of(NodeId.of("a"), NodeId.of("b"), NodeId.of("c"));
        List<NodeId> two = three.subList(0, 2);
        int all = 0;
        int stayed = 0;
        for (NodeId node : three) {
            Set<Integer> mine = Shares.of(node, three, "mailer", 16);
            all += mine.size();
            assertThat(mine.size()).isLessThanOrEqualTo(6);
            if (two.contains(node)) {
                Set<Integer> later = Shares.of(node, two, "mailer", 16);
                assertThat(later).hasSize(8);
                stayed += (int) mine.stream().filter(later::contains).count();
            }
        }
        assertThat(all).isEqualTo(16);
        assertThat(stayed).isGreaterThanOrEqualTo(7);
    }
}
