package io.holdfast.sharding.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.UnavailableException;
import io.holdfast.testkit.sim.LinkFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls among moves, take-overs, cut connections, nodes without a majority and answers that get lost: each has its effect once, or its caller is told that nobody knows. */
class EntityFaultsTest {
    private static final int KEYS = 6;

    private record Made(int key, long number, CompletableFuture<byte[]> answer) {}

    private final List<Made> made = new ArrayList<>();
    private int acknowledged;
    private int unknown;
    private int refused;

    private void run(long seed) {
        made.clear();
        SplittableRandom random = new SplittableRandom(seed);
        Ledger ledger = new Ledger();
        EntityWorld world = new EntityWorld(seed);
        List<EntityWorld.Node> nodes =
                List.of(world.start("a", ledger), world.start("b", ledger), world.start("c", ledger));
        for (int shard = 0; shard < EntityWorld.SHARDS; shard++) {
            world.assign(shard, nodes.get(shard % 3));
        }
        for (int step = 0; step < 400; step++) {
            world.advance(random.nextInt(60));
            int key = random.nextInt(KEYS);
            long limit = random.nextInt(4) == 0 ? 300 : 8_000;
            long method = random.nextBoolean() ? Ledger.APPEND : 2 + random.nextInt(2);
            made.add(new Made(key, step, nodes.get(random.nextInt(3)).call("k" + key, method, step, limit)));
            if (random.nextInt(12) == 0) {
                fault(world, nodes, random);
            }
        }
        heal(world, nodes);
        check(seed, world, nodes.get(0));
    }

    private static void fault(EntityWorld world, List<EntityWorld.Node> nodes, SplittableRandom random) {
        int shard = random.nextInt(EntityWorld.SHARDS);
        EntityWorld.Node next = nodes.get(random.nextInt(3));
        EntityWorld.Node owner = nodes.stream()
                .filter(node -> world.map.at(shard).owner().orElseThrow().node().equals(node.id))
                .findFirst()
                .orElseThrow();
        switch (random.nextInt(9)) {
            case 0 -> world.table.isolate(next.id);
            case 1 -> world.table.heal();
            case 2 -> world.table.elect();
            case 3 -> world.wire.network().cut("a", random.nextBoolean() ? "b" : "c");
            case 4 -> world.wire.network().heal();
            case 8 -> // what is sent that way comes late, as if the other had paused
                world.wire
                        .network()
                        .oneWay(
                                owner.id.value(),
                                next.id.value(),
                                LinkFaults.lan().withDelay(Duration.ofMillis(random.nextInt(4_000)), Duration.ZERO));
            case 5 -> {
                if (owner.directory.tenures.containsKey(shard) && owner != next) {
                    owner.drainTo(shard, next);
                }
            }
            case 6 -> { // the owner does not hear of it, for a while
                if (owner != next) {
                    world.commit(shard, next, false);
                    next.directory.learn(world.map);
                    next.take(shard);
                    owner.lease = false;
                    long epoch = world.map.at(shard).epoch().value();
                    world.time.scheduler().schedule(Duration.ofMillis(random.nextInt(3_000)), () -> {
                        owner.directory.learn(world.map);
                        owner.lease = true;
                        if (world.map.at(shard).epoch().value() == epoch) {
                            owner.lose(shard);
                        }
                    });
                }
            }
            default -> {
                if (owner != next) {
                    world.commit(shard, next, false);
                    owner.directory.learn(world.map);
                    owner.lose(shard);
                    next.directory.learn(world.map);
                    next.take(shard);
                }
            }
        }
    }

    private static void heal(EntityWorld world, List<EntityWorld.Node> nodes) {
        world.table.heal();
        world.wire.network().heal();
        nodes.forEach(node -> node.directory.learn(world.map));
        world.advance(12_000);
        for (int shard = 0; shard < EntityWorld.SHARDS; shard++) {
            int number = shard;
            nodes.forEach(node -> node.lose(number));
            world.assign(shard, nodes.get(shard % 3));
        }
        world.advance(60_000); // whatever is under way comes to its end
    }

    private void check(long seed, EntityWorld world, EntityWorld.Node node) {
        for (int key = 0; key < KEYS; key++) {
            CompletableFuture<byte[]> read = node.call("k" + key, Ledger.READ, 0, 10_000);
            world.advance(1_000);
            List<Long> entries = Ledger.entries(read.join());
            assertThat(entries)
                    .as("seed %d: effects on k%d, each once", seed, key)
                    .doesNotHaveDuplicates();
            for (Made call : made) {
                assertThat(call.answer()).as("seed %d", seed).isDone();
                if (call.key() == key) {
                    check(call, entries, "seed " + seed + ": call " + call.number() + " of k" + key);
                }
            }
        }
    }

    private void check(Made call, List<Long> entries, String what) {
        Throwable error = call.answer().handle((value, failure) -> failure).join();
        if (error == null && Counter.number(call.answer().join()) != Ledger.NOT_DONE) {
            assertThat(entries.indexOf(call.number()) + 1L)
                    .as(what)
                    .isEqualTo(Counter.number(call.answer().join()));
            acknowledged++;
        } else if (error == null || error instanceof EntityFailedException) {
            assertThat(entries).as(what + " was answered without an effect").doesNotContain(call.number());
            acknowledged++;
        } else if (error instanceof UnavailableException) {
            assertThat(entries).as(what + " was surely not done").doesNotContain(call.number());
            refused++;
        } else {
            unknown++;
        }
    }

    @Test
    void eachCallHasItsEffectOnceWhateverGetsLost() {
        runAll(1, 8);
    }

    @Tag("slow")
    @Test
    void eachCallHasItsEffectOnceWhateverGetsLostOverManySeeds() {
        runAll(1_000, 600);
    }

    private void runAll(long first, int seeds) {
        for (long seed = first; seed < first + seeds; seed++) {
            run(seed);
        }
        System.out.println("EntityFaultsTest seeds " + first + " to " + (first + seeds - 1) + ": " + acknowledged
                + " done, " + unknown + " unknown, " + refused + " surely not done");
        assertThat(acknowledged).isGreaterThan(100 * seeds);
        assertThat(unknown).isPositive();
    }
}
