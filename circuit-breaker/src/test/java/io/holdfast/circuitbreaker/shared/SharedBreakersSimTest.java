package io.holdfast.circuitbreaker.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.SimBulletin;
import io.holdfast.testkit.sim.SimNode;
import io.holdfast.testkit.sim.SimWorld;
import io.holdfast.testkit.sim.Sweep;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Ten callers, each with a true breaker, and one callee, under crashes, partitions, loss and restarts: over a few seeds here, over 500 in {@link SharedBreakersSimNightlyTest}. */
class SharedBreakersSimTest {
    private static final Duration PACE = Duration.ofMillis(60);

    int seeds() {
        return 3;
    }

    private record Run(SimWorld<SimCaller, String, SimBulletin.Sheet, String, String> world, Callee callee) {
        static Run of(long seed, int callers, boolean shares, LinkFaults links) {
            Callee callee = new Callee();
            return new Run(
                    SimWorld.seed(seed)
                            .nodes(callers)
                            .links(links)
                            .startWithin(Duration.ofMillis(300))
                            .start(host -> new SimCaller(host, callee, shares, PACE)),
                    callee);
        }

        List<SimNode<SimCaller, String, SimBulletin.Sheet, String, String>> nodes() {
            return world.nodes();
        }

        String anyName() {
            return nodes().get(world.faults().nextInt(nodes().size())).id().value();
        }

        boolean all(String state) {
            return world.live().stream()
                    .allMatch(node -> node.protocol().breaker.state().equals(state));
        }

        /** Kills, restarts, cuts and pauses, one a second, for a while; then all heals. */
        void faults(Duration time) {
            SplittableRandom random = world.faults();
            for (int i = 0; i < time.toSeconds(); i++) {
                String name = anyName();
                switch (random.nextInt(6)) {
                    case 0 -> world.node(name).kill();
                    case 1, 2 -> world.node(name).restart();
                    case 3 -> world.network().isolate(name);
                    case 4 -> {
                        List<String> names = world.network().names();
                        int cut = 1 + random.nextInt(names.size() - 1);
                        world.network().partition(names.subList(0, cut), names.subList(cut, names.size()));
                    }
                    default -> world.network().heal();
                }
                world.advance(Duration.ofSeconds(1));
            }
            world.heal();
        }
    }

    @Test
    void oneCallersOwnTroubleOpensNobodyElsesCircuit() {
        var report = Sweep.of("shared breakers: one caller in trouble", seeds(), run -> {
            Run sim = Run.of(run.seed(), 10, true, LinkFaults.hostile());
            sim.world.advance(Duration.ofSeconds(2));
            String troubled = sim.anyName();
            sim.callee.troubled.add(troubled);
            sim.faults(Duration.ofSeconds(30));
            for (var node : sim.nodes()) {
                if (!node.id().value().equals(troubled)) {
                    assertThat(node.published())
                            .as("of %s", node.id())
                            .noneMatch(event -> event.event().equals("open"));
                    run.figure("refused by the healthy", node.protocol().refused);
                }
            }
            sim.world.advance(Duration.ofSeconds(5));
            run.figure("refused by the troubled", sim.world.node(troubled).protocol().refused);
        });
        assertThat(report.figure("refused by the healthy").max()).isZero();
        assertThat(report.figure("refused by the troubled").p50()).isPositive();
    }

    @Test
    void tenCallersTryADeadCalleeAtMostTwiceAsOftenAsOne() {
        var report = Sweep.of("shared breakers: tries of ten callers, one callee dead for 2 min", seeds(), run -> {
            int one = tries(run.seed(), 1, true, false);
            int ten = tries(run.seed(), 10, true, false);
            run.figure("tries of one caller", one);
            run.figure("tries of ten callers", ten);
            run.figure("ratio", (double) ten / one);
            int dying = tries(run.seed(), 10, true, true);
            run.figure("ratio while callers die and restart", (double) dying / one);
            if (run.seed() <= 20) {
                run.figure("ratio of ten that share nothing", (double) tries(run.seed(), 10, false, false) / one);
            }
        });
        assertThat(report.figure("ratio").max()).isLessThanOrEqualTo(2);
        assertThat(report.figure("ratio while callers die and restart").max()).isLessThanOrEqualTo(2);
        assertThat(report.figure("ratio of ten that share nothing").p50()).isGreaterThan(6);
    }

    private static int tries(long seed, int callers, boolean shares, boolean die) {
        Run sim = Run.of(seed, callers, shares, LinkFaults.lan().withLoss(0.05));
        sim.world.advance(Duration.ofSeconds(3));
        sim.callee.up = false;
        for (int i = 0; i < 60; i++) {
            sim.world.advance(Duration.ofSeconds(2));
            if (die) {
                sim.world.node(sim.anyName()).restart();
            }
        }
        return sim.callee.tries;
    }

    @Test
    void aFreshNodeBeginsWithTheCircuitOpen() {
        var report = Sweep.of("shared breakers: a fresh node", seeds(), run -> {
            Run sim = Run.of(run.seed(), 10, true, LinkFaults.hostile());
            sim.world.advance(Duration.ofSeconds(3));
            sim.callee.up = false;
            sim.world.runUntil(() -> sim.all("open"), Duration.ofSeconds(20));
            sim.world.advance(Duration.ofMillis(200 + sim.world.faults().nextInt(2000)));
            String fresh = sim.anyName();
            int before = sim.callee.calls.getOrDefault(fresh, 0);
            sim.world.node(fresh).restart();
            Duration took = sim.world.runUntil(
                    () -> sim.world.node(fresh).protocol().breaker.state().equals("open"), Duration.ofSeconds(5));
            run.figure("open after (ms)", took);
            run.figure("calls made before", sim.callee.calls.getOrDefault(fresh, 0) - before);
        });
        assertThat(report.figure("open after (ms)").p50()).isLessThan(600);
        assertThat(report.figure("calls made before").p50()).isZero();
    }

    @Test
    void afterTheCalleeIsWellAgainAllCloseSoonWhateverHappenedMeanwhile() {
        var report = Sweep.of("shared breakers: recovery", seeds(), run -> {
            Run calm = Run.of(run.seed(), 10, true, LinkFaults.lan());
            calm.world.advance(Duration.ofSeconds(3));
            calm.callee.up = false;
            calm.world.advance(Duration.ofSeconds(30));
            calm.callee.up = true;
            run.figure("all closed, calm (ms)", calm.world.runUntil(() -> calm.all("closed"), Duration.ofSeconds(60)));
            Run hostile = Run.of(run.seed(), 10, true, LinkFaults.hostile());
            hostile.world.advance(Duration.ofSeconds(3));
            hostile.callee.up = false;
            hostile.faults(Duration.ofSeconds(30));
            hostile.callee.up = true;
            run.figure(
                    "all closed, amid faults (ms)",
                    hostile.world.runUntil(() -> hostile.all("closed"), Duration.ofSeconds(60)));
        });
        assertThat(report.figure("all closed, calm (ms)").max()).isLessThan(8_000);
        assertThat(report.figure("all closed, amid faults (ms)").max()).isLessThan(30_000);
    }

    @Test
    void whenTheOneThatTriesDiesTheNextTakesOver() {
        var report = Sweep.of("shared breakers: whoever tries dies", seeds(), run -> {
            Run sim = Run.of(run.seed(), 10, true, LinkFaults.lan());
            sim.world.advance(Duration.ofSeconds(3));
            sim.callee.up = false;
            sim.world.runUntil(() -> sim.all("open"), Duration.ofSeconds(20));
            int tries = sim.callee.tries;
            sim.world.runUntil(() -> sim.callee.tries > tries, Duration.ofSeconds(20));
            sim.world.live().stream()
                    .filter(node -> node.protocol().breaker.state().equals("half_open"))
                    .toList()
                    .forEach(SimNode::kill);
            int after = sim.callee.tries;
            run.figure("the next try (ms)", sim.world.runUntil(() -> sim.callee.tries > after, Duration.ofSeconds(30)));
        });
        assertThat(report.figure("the next try (ms)").max()).isLessThan(25_000);
    }
}
