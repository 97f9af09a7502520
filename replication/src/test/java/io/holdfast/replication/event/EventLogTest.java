package io.holdfast.replication.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.CodecException;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.JournalSettings;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.testkit.sim.SimJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final LogWorld world = new LogWorld(3, 4);
    private final EventLog<String> log = world.log("a");

    private EventBatch<String> read(int partition, long from) {
        return world.done(log.read(partition, from, 100, ReadConsistency.LINEARIZABLE, world.soon()));
    }

    private static List<String> texts(EventBatch<String> batch) {
        return batch.events().stream().map(LoggedEvent::event).toList();
    }

    @Test
    void eventsOfAKeyLieInOnePartitionInOrderAndKeysSpreadOverAll() {
        Set<Integer> used = new HashSet<>();
        for (int key = 0; key < 40; key++) {
            world.append(log, "user-" + key, "first", "second");
            int partition = log.partitionOf("user-" + key);
            used.add(partition);
            String name = "user-" + key;
            assertThat(read(partition, 0).events().stream()
                            .filter(each -> each.key().equals(name))
                            .map(LoggedEvent::event))
                    .containsExactly("first", "second");
        }
        assertThat(used).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void aKeyKeepsItsPartitionForEver() {
        assertThat(List.of("user-1", "user-2", "Solaris", "\u4e2d").stream().map(log::partitionOf))
                .as("what stands in journals: change this and keys are lost")
                .containsExactly(0, 0, 3, 1);
    }

    @Test
    void eventsWithoutAKeyGoToThePartitionsInTurn() {
        for (int i = 0; i < 8; i++) {
            world.append(log, "", "event-" + i);
        }
        for (int partition = 0; partition < 4; partition++) {
            assertThat(texts(read(partition, 0))).containsExactly("event-" + partition, "event-" + (partition + 4));
        }
    }

    @Test
    void severalEventsOfAKeyAreAppendedTogether() {
        Placed placed = world.done(log.appendAll("k", List.of("a", "b", "c"), world.soon()));
        assertThat(placed.count()).isEqualTo(3);
        EventBatch<String> batch = read(placed.partition(), placed.first());
        assertThat(texts(batch)).containsExactly("a", "b", "c");
        assertThat(batch.events().get(2).id("plays")).isEqualTo("plays/" + placed.partition() + "/3");
        assertThatThrownBy(() -> log.appendAll("k", List.of(), world.soon()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFullPartitionSaysWhatToDo() {
        int partition = log.partitionOf("k");
        world.done(log.journal(partition).configure(JournalSettings.keepAll().withMaxRecords(1000), world.soon()));
        world.done(log.appendAll("k", new ArrayList<>(Collections.nCopies(1000, "x")), world.soon()));
        assertThatThrownBy(() -> world.done(log.append("k", "y", world.soon())))
                .isInstanceOf(LogFullException.class)
                .hasMessageContaining("raise maxBytes");
    }

    @Test
    void anErasedKeyLeavesATombstoneAndOthersStay() {
        int partition = log.partitionOf("k");
        world.done(log.journal(partition).configure(JournalSettings.keepLastOfEachKey(), world.soon()));
        world.append(log, "k", "a", "b");
        world.done(log.erase("k", world.soon()));
        List<LoggedEvent<String>> left = read(partition, 0).events();
        assertThat(left).hasSize(1);
        assertThat(left.get(0).tombstone()).isTrue();
        assertThat(left.get(0).event()).isNull();
    }

    @Test
    void aSubscriberSeesEveryEventInOrderAndABatchOnWhichItFailsComesAgain() {
        world.append(log, "k", "1", "2", "3");
        int partition = log.partitionOf("k");
        List<String> seen = new ArrayList<>();
        int[] calls = {0};
        Subscription subscription = log.subscribe(partition, 0, 2, batch -> {
            if (++calls[0] % 3 == 1) {
                throw new IllegalStateException("this time it fails");
            }
            seen.addAll(texts(batch));
            return CompletableFuture.completedFuture(null);
        });
        world.await("what was there", () -> seen.size() == 3);
        world.append(log, "k", "4", "5");
        world.await("what came", () -> seen.size() == 5);
        assertThat(seen).containsExactly("1", "2", "3", "4", "5");
        world.await("the position", () -> subscription.position() == 6);
        subscription.close();
        world.append(log, "k", "6");
        world.advance(Duration.ofSeconds(5));
        assertThat(seen).hasSize(5);
    }

    @Test
    void aSubscriberThatIsNotReadyIsGivenNothingMore() {
        world.append(log, "k", "1", "2", "3", "4");
        List<CompletableFuture<Void>> open = new ArrayList<>();
        Subscription subscription = log.subscribe(log.partitionOf("k"), 0, 2, batch -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            open.add(done);
            return done;
        });
        world.advance(Duration.ofSeconds(5));
        assertThat(open).hasSize(1);
        open.get(0).complete(null);
        world.await("the next batch", () -> open.size() == 2);
        assertThat(subscription.position()).isEqualTo(3);
        subscription.close();
    }

    /** Takes what it is given, and asks when it is told to. */
    private static final class Taker implements Flow.Subscriber<LoggedEvent<String>> {
        final List<String> seen = new ArrayList<>();
        Flow.@Nullable Subscription subscription;

        @Nullable Throwable error;

        @Override
        public void onSubscribe(Flow.Subscription value) {
            subscription = value;
        }

        @Override
        public void onNext(LoggedEvent<String> item) {
            seen.add(item.event());
        }

        @Override
        public void onError(Throwable value) {
            error = value;
        }

        @Override
        public void onComplete() {}

        void ask(long count) {
            Objects.requireNonNull(subscription).request(count);
        }
    }

    private Taker taker(String key) {
        Taker taker = new Taker();
        log.publisher(log.partitionOf(key), 0).subscribe(taker);
        world.await("the subscription", () -> taker.subscription != null);
        return taker;
    }

    @Test
    void aFlowSubscriberIsGivenWhatItAskedForAndNoMore() {
        world.append(log, "k", "1", "2", "3", "4", "5");
        Taker taker = taker("k");
        world.advance(Duration.ofSeconds(1));
        assertThat(taker.seen).isEmpty();
        taker.ask(2);
        world.advance(Duration.ofSeconds(1));
        assertThat(taker.seen).containsExactly("1", "2");
        taker.ask(1);
        taker.ask(Long.MAX_VALUE);
        world.await("all", () -> taker.seen.size() == 5);
        world.append(log, "k", "6");
        world.await("what came", () -> taker.seen.size() == 6);
        Objects.requireNonNull(taker.subscription).cancel();
        world.append(log, "k", "7");
        world.advance(Duration.ofSeconds(5));
        assertThat(taker.seen).containsExactly("1", "2", "3", "4", "5", "6");
        assertThat(taker.error).isNull();
    }

    @Test
    void aFlowSubscriberIsToldOfWhatCannotBeDecodedBehindAllThatCan() {
        world.append(log, "k", "1", "2", "undecodable", "4");
        Taker taker = taker("k");
        taker.ask(10);
        world.await("the failure", () -> taker.error != null);
        assertThat(taker.error).isInstanceOf(CodecException.class);
        assertThat(taker.seen).containsExactly("1", "2");
    }

    @Test
    void aFlowSubscriberThatAsksForNothingIsRefused() {
        Taker taker = taker("k");
        taker.ask(0);
        world.await("the failure", () -> taker.error != null);
        assertThat(taker.error).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("3.9");
    }

    @Test
    void aSubscriberBearsThatItsNodeIsCutOffForAWhile() {
        List<String> seen = new ArrayList<>();
        Subscription subscription = log.subscribe(log.partitionOf("k"), 0, 10, batch -> {
            seen.addAll(texts(batch));
            return CompletableFuture.completedFuture(null);
        });
        world.journals.forEach(journal -> journal.isolate(NodeId.of("a")));
        world.append(world.log("b"), "k", "1", "2");
        world.advance(Duration.ofMinutes(2));
        assertThat(seen).isEmpty();
        world.journals.forEach(SimJournal::heal);
        world.await("what came meanwhile", () -> seen.size() == 2);
        subscription.close();
    }
}
