package io.holdfast.consensus.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Deadline;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReadConsistency;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/** Cuts, kills, lost messages and leaders that do not know that they are deposed; then all is healed. */
class LogSafetyTest {
    private static final int VOTERS = 5;
    private static final int NODES = 6;

    /** A run: what was acknowledged, and what was surely not done. */
    private static final class Run {
        final ModelCluster cluster;
        final SplittableRandom random;
        final Map<Integer, Register> registers = new HashMap<>();
        final Set<String> refused = new HashSet<>();
        final Map<Long, String> acknowledged = new HashMap<>();
        final List<String> faults = new ArrayList<>();
        final Set<Integer> down = new HashSet<>();
        final AtomicInteger served = new AtomicInteger();
        /** The latest index that anybody has seen, by the time it was seen. */
        final List<long[]> seen = new ArrayList<>();

        /** A failed assertion inside a callback would be lost. */
        final List<String> violations = new ArrayList<>();

        long highest;
        int written;

        Run(long seed) {
            random = new SplittableRandom(seed);
            cluster = new ModelCluster(seed, VOTERS, NODES - VOTERS, GroupLogConfig.lan(), node -> {
                Register register = new Register();
                registers.put(node, register);
                return register;
            });
            cluster.group.guarded = random.nextBoolean();
            cluster.group.loss = random.nextInt(3) * 0.02;
        }

        long now() {
            return cluster.clock().nanoTime();
        }

        void sees(long index) {
            if (index > highest) {
                highest = index;
                seen.add(new long[] {now(), index});
            }
        }

        /** What was seen before an instant. */
        long seenBefore(long nanos) {
            long result = 0;
            for (long[] sight : seen) {
                if (sight[0] - nanos < 0) {
                    result = sight[1];
                }
            }
            return result;
        }

        int anyNodeThatRuns() {
            int node = random.nextInt(NODES);
            while (down.contains(node)) {
                node = random.nextInt(NODES);
            }
            return node;
        }

        Deadline soon() {
            return Deadline.after(now(), Duration.ofMillis(50 + random.nextInt(2000)));
        }

        void write() {
            int node = anyNodeThatRuns();
            String command = "c" + written++;
            cluster.log(node).propose(Register.bytes(command), soon()).whenComplete((answer, error) -> {
                if (error == null) {
                    String[] parts = text(answer).split(":", 2);
                    check(parts[1].equals(command), command + " got the result of " + parts[1]);
                    acknowledged.put(Long.parseLong(parts[0]), command);
                    sees(Long.parseLong(parts[0]));
                } else if (error instanceof NotAppliedException || error instanceof OverloadedException) {
                    refused.add(command);
                } else {
                    check(error instanceof UnknownOutcomeException, command + " failed with " + error);
                }
            });
        }

        void read() {
            int node = anyNodeThatRuns();
            long before = highest;
            if (node < VOTERS && random.nextInt(4) == 0) {
                Register register = Objects.requireNonNull(registers.get(node));
                cluster.log(node).readBarrier(soon()).whenComplete((index, error) -> {
                    if (error == null) {
                        fresh("barrier on n" + node, register.commands.size(), before);
                    }
                });
                return;
            }
            ReadConsistency consistency = switch (random.nextInt(4)) {
                case 0 -> ReadConsistency.bounded(Duration.ofMillis(1 + random.nextInt(500)));
                case 1 -> ReadConsistency.atLeast(random.nextLong(before + 1));
                default -> ReadConsistency.LINEARIZABLE;
            };
            long promised = before;
            if (consistency instanceof ReadConsistency.Bounded bounded) {
                promised = seenBefore(now() - bounded.staleness().toNanos());
            } else if (consistency instanceof ReadConsistency.AtLeast least) {
                promised = least.revision();
            }
            long least = promised;
            cluster.log(node).query(new byte[0], consistency, soon()).whenComplete((answer, error) -> {
                if (error == null) {
                    fresh(
                            consistency + " on n" + node,
                            Long.parseLong(text(answer).split(":", 2)[0]),
                            least);
                } else {
                    Throwable cause = error.getCause() == null ? error : error.getCause();
                    check(
                            cause instanceof UnavailableException || cause instanceof OverloadedException,
                            consistency + " failed with " + cause);
                }
            });
        }

        void fresh(String what, long got, long promised) {
            check(
                    got >= promised,
                    what + " saw " + got + " commands, but " + promised + " were seen before it began; faults: "
                            + faults);
            served.incrementAndGet();
            sees(got);
        }

        void check(boolean holds, String violation) {
            if (!holds) {
                violations.add(violation);
            }
        }

        void fault() {
            int node = random.nextInt(VOTERS);
            switch (random.nextInt(7)) {
                case 0 -> {
                    faults.add("isolate n" + node);
                    cluster.isolate(node);
                }
                case 1 -> splitOff(leader());
                case 2 -> {
                    int other = (node + 1 + random.nextInt(NODES - 1)) % NODES;
                    faults.add("cut n" + node + " to n" + other);
                    cluster.cut(node, other);
                }
                case 3 -> {
                    if (down.size() < 2 && down.add(node)) {
                        faults.add("kill n" + node);
                        cluster.kill(node);
                    }
                }
                case 4 -> restart();
                default -> {
                    faults.add("heal");
                    cluster.heal();
                }
            }
        }

        int leader() {
            for (int i = 0; i < VOTERS; i++) {
                if (!down.contains(i) && cluster.raft(i).status().ready()) {
                    return i;
                }
            }
            return 0;
        }

        /** The leader keeps one follower and the gateway: the others elect another one. */
        void splitOff(int leader) {
            int kept = (leader + 1 + random.nextInt(VOTERS - 1)) % VOTERS;
            faults.add("split off n" + leader + " with n" + kept);
            for (int a : List.of(leader, kept, VOTERS)) {
                for (int b = 0; b < VOTERS; b++) {
                    if (b != leader && b != kept) {
                        cluster.cut(a, b);
                        cluster.cut(b, a);
                    }
                }
            }
        }

        /** What a replica that starts answers locally holds all that was acknowledged before it started. */
        void restart() {
            for (int node : List.copyOf(down)) {
                down.remove(node);
                faults.add("restart n" + node);
                long before = highest;
                cluster.restart(node);
                Deadline deadline = Deadline.after(now(), Duration.ofSeconds(20));
                cluster.log(node)
                        .query(new byte[0], ReadConsistency.LOCAL, deadline)
                        .whenComplete((answer, error) -> {
                            if (error == null) {
                                fresh(
                                        "first local read of n" + node,
                                        Long.parseLong(text(answer).split(":", 2)[0]),
                                        before);
                            }
                        });
            }
        }

        void step() {
            int events = random.nextInt(4);
            for (int i = 0; i < events; i++) {
                if (random.nextInt(3) == 0) {
                    write();
                } else {
                    read();
                }
            }
            if (random.nextInt(60) == 0) {
                fault();
            }
            cluster.environment.advance(Duration.ofMillis(1 + random.nextInt(20)));
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void noReadIsStaleNoAnswerIsLostAndNothingRefusedAppears(@ForAll long seed) {
        check(seed);
    }

    @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
    @Tag("slow")
    void noReadIsStaleOverAThousandSeeds(@ForAll long seed) {
        check(seed);
    }

    private static void check(long seed) {
        Run run = new Run(seed);
        run.cluster.leader();
        for (int i = 0; i < 400; i++) {
            run.step();
        }
        run.cluster.heal();
        run.cluster.group.loss = 0;
        run.restart();
        run.cluster.environment.advance(Duration.ofSeconds(8)); // connections that were cut break, all deadlines pass
        List<String> first = finalState(run, 0);
        for (int node = 1; node < VOTERS; node++) {
            assertThat(finalState(run, node)).as("n%d of seed %d", node, seed).isEqualTo(first);
        }
        assertThat(first).as("at most once, seed %d", seed).doesNotHaveDuplicates();
        assertThat(first).as("surely not applied, seed %d", seed).noneMatch(run.refused::contains);
        run.acknowledged.forEach((index, command) -> assertThat(first.get((int) (index - 1)))
                .as("acknowledged at %d, seed %d", index, seed)
                .isEqualTo(command));
        assertThat(run.violations).as("violations of seed %d", seed).isEmpty();
        assertThat(run.served.get()).as("reads served, seed %d", seed).isGreaterThan(50);
    }

    private static List<String> finalState(Run run, int node) {
        Deadline deadline = Deadline.after(run.now(), Duration.ofSeconds(20));
        var barrier = run.cluster.log(node).readBarrier(deadline).toCompletableFuture();
        run.cluster.advanceUntil("n" + node + " is caught up; faults: " + run.faults, barrier::isDone);
        barrier.join();
        return List.copyOf(Objects.requireNonNull(run.registers.get(node)).commands);
    }
}
