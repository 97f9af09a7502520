package io.holdfast.replication.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.cluster.ReplicatedJournal.Position;
import io.holdfast.core.env.Registration;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.testkit.sim.SimHost;
import io.holdfast.testkit.sim.SimJournal;
import io.holdfast.testkit.sim.SimNode;
import io.holdfast.testkit.sim.SimWorld;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * Three nodes that consume a log of three partitions together, while they fall, pause, are cut off from the journals' groups and are mistaken about one another; and a judge who sees every batch.
 *
 * <p>The judge's rules: nobody asks to commit a position before all that stands before it was handled well, by anybody: no gap. What is handled under a claim begins at the position that the claim was
 * answered with, and goes on in order: no duplicate behind the committed position. In the end all is handled.
 */
final class GroupSim {
    private static final int PARTITIONS = 3;
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final String WRITER = "writer";

    final SimWorld<Member, Object, Object, Object, Object> world;
    final SplittableRandom chance;
    private final List<SimJournal> journals;
    private final List<Sight> sights = new ArrayList<>();
    private final List<BitSet> handled =
            IntStream.range(0, PARTITIONS).mapToObj(i -> new BitSet()).toList();
    private final long[] appended = new long[PARTITIONS];
    /** Where the next batch begins, by node and partition, under the present claim. */
    private final Map<String, Long> expected = new HashMap<>();

    /** A handler's exception would be taken for a failure of the handler. */
    private final List<String> violations = new ArrayList<>();

    int batches;
    int repeated;
    int claims;

    /** Who sees whom. */
    private final class Sight implements Crew {
        private final NodeId self;
        private Set<NodeId> present =
                new HashSet<>(NAMES.stream().map(NodeId::of).toList());
        private final List<Runnable> listeners = new ArrayList<>();

        Sight(NodeId self) {
            this.self = self;
        }

        void sees(NodeId node, boolean there) {
            Set<NodeId> next = new HashSet<>(present);
            boolean changed = there ? next.add(node) : next.remove(node);
            present = next;
            if (changed) {
                List.copyOf(listeners).forEach(Runnable::run);
            }
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

    /** One life of a node. */
    final class Member implements Protocol<Object, Object, Object, Object> {
        final SimHost host;
        final EventLog<String> log;

        Member(SimHost host) {
            this.host = host;
            List<ReplicatedJournal> views = IntStream.range(0, PARTITIONS)
                    .mapToObj(i -> watched(i, host.id(), journals.get(i).view(host.id(), host.environment())))
                    .toList();
            this.log = EventLog.of("plays", views, new TextEvents(), host.environment());
            if (!host.id().value().equals(WRITER)) {
                Sight sight = new Sight(host.id());
                sights.removeIf(old -> old.self.equals(host.id()));
                sights.add(sight);
                ConsumerConfig config = ConsumerConfig.of("mailer")
                        .withBatch(4)
                        .withAttempts(50)
                        .withHandover(Duration.ofSeconds(2));
                log.consume(config, sight, this::handle);
            }
        }

        private CompletionStage<?> handle(EventBatch<String> batch) {
            begins(host.id(), batch);
            CompletableFuture<Void> done = new CompletableFuture<>();
            host.environment().scheduler().schedule(Duration.ofMillis(chance.nextInt(300)), () -> {
                if (chance.nextInt(10) == 0) {
                    done.completeExceptionally(new IllegalStateException("now and then a handler fails"));
                } else {
                    ends(host.id(), batch);
                    done.complete(null);
                }
            });
            return done;
        }

        @Override
        public void onStart(long nowNanos, Outbox<Object, Object, Object> out) {}

        @Override
        public void onRequest(Object request, long nowNanos, Outbox<Object, Object, Object> out) {}

        @Override
        public void onMessage(Address from, Object message, long nowNanos, Outbox<Object, Object, Object> out) {}

        @Override
        public void onTimer(Object timer, long nowNanos, Outbox<Object, Object, Object> out) {}
    }

    GroupSim(long seed) {
        chance = new SplittableRandom(seed);
        List<SimWorld<?, ?, ?, ?, ?>> worlds = new ArrayList<>(); // it makes its nodes before it can be named
        journals = IntStream.range(0, PARTITIONS)
                .mapToObj(i -> new SimJournal(
                        (delay, task) -> {
                            worlds.get(0).after(delay, task);
                            return () -> {};
                        },
                        () -> worlds.isEmpty() ? 0 : worlds.get(0).elapsed().toNanos(),
                        seed,
                        GroupId.of("data-" + i)))
                .toList();
        world = SimWorld.seed(seed).nodes("a", "b", "c", WRITER).start(Member::new);
        worlds.add(world);
    }

    private ReplicatedJournal watched(int partition, NodeId node, ReplicatedJournal journal) {
        return (ReplicatedJournal) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ReplicatedJournal.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commit")) {
                        commits(partition, (Long) arguments[2]);
                    }
                    Object answer = method.invoke(journal, arguments);
                    if (method.getName().equals("commit")) {
                        ((CompletionStage<?>) answer).thenAccept(stands -> lost(partition, node, (Boolean) stands));
                    }
                    if (method.getName().equals("claim")) {
                        ((CompletionStage<?>) answer)
                                .thenAccept(found -> claimed(partition, node, (Optional<?>) found));
                    }
                    return answer;
                });
    }

    private void commits(int partition, long next) {
        long unhandled = handled.get(partition).nextClearBit(1);
        if (unhandled < next) {
            violations.add(
                    "partition " + partition + " is committed up to " + next + ", and nobody has handled " + unhandled);
        }
    }

    /** Who knows that he was replaced begins no batch any more. */
    private void lost(int partition, NodeId node, boolean stands) {
        if (!stands) {
            expected.remove(node + "/" + partition);
        }
    }

    private void claimed(int partition, NodeId node, Optional<?> found) {
        claims++;
        found.ifPresent(position -> expected.put(node + "/" + partition, Math.max(1, ((Position) position).next())));
    }

    private void begins(NodeId node, EventBatch<String> batch) {
        batches++;
        long first = batch.events().get(0).offset();
        Long begin = expected.get(node + "/" + batch.partition());
        if (begin == null || begin != first) {
            violations.add("partition " + batch.partition() + " on " + node + ": a batch begins at " + first
                    + " instead of " + begin);
        }
        repeated += handled.get(batch.partition()).get((int) first) ? 1 : 0;
    }

    private void ends(NodeId node, EventBatch<String> batch) {
        batch.events().forEach(each -> handled.get(batch.partition()).set((int) each.offset()));
        expected.put(node + "/" + batch.partition(), batch.next());
    }

    private Member writer() {
        return world.node(WRITER).protocol();
    }

    private Deadline in(Duration time) {
        return Deadline.after(writer().host.environment().clock().nanoTime(), time);
    }

    private void append() {
        writer().log.append("", "e", in(Duration.ofSeconds(20))).whenComplete((placed, error) -> {
            if (error == null) {
                appended[placed.partition()] = Math.max(appended[placed.partition()], placed.first());
            }
        });
    }

    private NodeId someone() {
        return NodeId.of(NAMES.get(chance.nextInt(NAMES.size())));
    }

    private void trouble() {
        SimNode<Member, Object, Object, Object, Object> node =
                world.node(someone().value());
        Duration time = Duration.ofMillis(100 + chance.nextInt(8_000));
        switch (chance.nextInt(5)) {
            case 0 -> {
                if (node.isUp()) {
                    node.kill();
                    all(node.id(), false);
                    world.after(time, () -> {
                        node.restart();
                        all(node.id(), true);
                    });
                }
            }
            case 1 -> {
                if (node.isUp() && !node.isPaused()) {
                    node.pause();
                    world.after(time, () -> {
                        if (node.isPaused()) {
                            node.resume();
                        }
                    });
                }
            }
            case 2 -> {
                SimJournal journal = journals.get(chance.nextInt(PARTITIONS));
                journal.isolate(node.id());
                world.after(time, journal::heal);
            }
            case 3 -> journals.get(chance.nextInt(PARTITIONS)).elect();
            default -> mistake(time);
        }
    }

    /** One node does not see another for a while. */
    private void mistake(Duration time) {
        Sight sight = sights.get(chance.nextInt(sights.size()));
        NodeId other = someone();
        if (!other.equals(sight.self)) {
            sight.sees(other, false);
            world.after(time, () -> sight.sees(other, true));
        }
    }

    private void all(NodeId node, boolean there) {
        for (Sight sight : List.copyOf(sights)) {
            world.after(Duration.ofMillis(chance.nextInt(2_000)), () -> sight.sees(node, there));
        }
    }

    void run(Duration time) {
        Duration end = world.elapsed().plus(time);
        while (world.elapsed().compareTo(end) < 0) {
            for (int i = chance.nextInt(3); i > 0; i--) {
                append();
            }
            if (chance.nextInt(6) == 0) {
                trouble();
            }
            world.advance(Duration.ofMillis(chance.nextInt(400)));
            assertThat(violations).isEmpty();
        }
    }

    /** All is healed: everything is handled. */
    void settle() {
        journals.forEach(SimJournal::heal);
        for (String name : NAMES) {
            if (world.node(name).isPaused()) {
                world.node(name).resume();
            }
            if (!world.node(name).isUp()) {
                world.node(name).restart();
            }
        }
        sights.forEach(sight -> NAMES.forEach(name -> sight.sees(NodeId.of(name), true)));
        world.runUntil(this::isHandled, Duration.ofMinutes(3));
        assertThat(violations).isEmpty();
    }

    private boolean isHandled() {
        return IntStream.range(0, PARTITIONS).allMatch(i -> handled.get(i).nextClearBit(1) > appended[i]);
    }
}
