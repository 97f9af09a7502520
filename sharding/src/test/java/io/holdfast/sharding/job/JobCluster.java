package io.holdfast.sharding.job;

import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.testkit.sim.SimNode;
import io.holdfast.testkit.sim.SimTable;
import io.holdfast.testkit.sim.SimWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Three nodes, a table, and somebody who gives the shards to the nodes, and away from those that fail. */
final class JobCluster {
    static final List<String> NAMES = List.of("a", "b", "c");
    private static final String WATCH = "watch";
    /** The lease, with its margin. */
    private static final Duration WAIT = Duration.ofMillis(1100);

    private record Owner(String node, long epoch) {}

    final SimWorld<JobNode, Object, Object, Object, Object> world;
    final SimTable rows;
    final SplittableRandom chance;
    private final Map<Integer, Owner> owners = new HashMap<>();
    private final Set<String> unfit = new HashSet<>();
    private final Map<String, Duration> wallSteps = new HashMap<>();

    /** The program is what each life of a node hosts. */
    JobCluster(long seed, Consumer<JobNode> program) {
        List<SimWorld<?, ?, ?, ?, ?>> worlds = new ArrayList<>(); // it makes its nodes before it can be named
        chance = new SplittableRandom(seed);
        rows = new SimTable(
                (delay, task) -> {
                    worlds.get(0).after(delay, task);
                    return () -> {};
                },
                seed,
                GroupId.of("default"));
        world = SimWorld.seed(seed).nodes("a", "b", "c", WATCH).start(host -> {
            JobNode node = new JobNode(host, rows.view(host.id(), host.environment()));
            if (!host.id().value().equals(WATCH)) {
                program.accept(node);
            }
            return node;
        });
        worlds.add(world);
        for (int shard = 0; shard < JobNode.SHARDS; shard++) {
            give(shard, NAMES.get(chance.nextInt(NAMES.size())));
        }
    }

    private void give(int shard, String node) {
        long epoch = owners.containsKey(shard) ? owners.get(shard).epoch() + 1 : 1;
        owners.put(shard, new Owner(node, epoch));
        for (SimNode<JobNode, Object, Object, Object, Object> other : world.live()) {
            if (other.id().value().equals(node)) {
                other.protocol().take(shard, epoch);
            } else {
                world.after(between(0, 500), () -> {
                    if (other.isUp()) {
                        other.protocol().lose(shard, epoch);
                    }
                });
            }
        }
    }

    Duration between(int least, int most) {
        return Duration.ofMillis(least + chance.nextInt(most - least + 1));
    }

    String owner(int shard) {
        return owners.get(shard).node();
    }

    /** The owner drains, then another has it; an owner that does not say that it has drained loses it. */
    void move(int shard) {
        Owner old = owners.get(shard);
        SimNode<JobNode, Object, Object, Object, Object> from = world.node(old.node());
        Runnable next = () -> {
            if (owners.get(shard).equals(old)) {
                giveToAnother(shard);
            }
        };
        if (from.isUp()) {
            from.protocol().release(shard, next);
        }
        world.after(Duration.ofSeconds(3).plus(WAIT), next);
    }

    private void giveToAnother(int shard) {
        List<String> fit = NAMES.stream()
                .filter(name -> !unfit.contains(name) && !name.equals(owner(shard)))
                .toList();
        if (!fit.isEmpty()) {
            give(shard, fit.get(chance.nextInt(fit.size())));
        }
    }

    /** Whoever fails loses its shards when that was noticed and its lease is over. */
    private void unfitFor(String name, Duration time, Runnable end) {
        unfit.add(name);
        world.after(between(200, 1500).plus(WAIT), () -> {
            if (unfit.contains(name)) {
                takeAway(name);
            }
        });
        world.after(time, () -> {
            end.run();
            if (unfit.remove(name)) {
                // a process that is new has nothing, whatever the map says
                takeAway(name);
            }
        });
    }

    private void takeAway(String name) {
        owners.forEach((shard, owner) -> {
            if (owner.node().equals(name)) {
                world.after(Duration.ZERO, () -> giveToAnother(shard));
            }
        });
    }

    /** Whoever is down loses its shards now. */
    void failOver() {
        NAMES.stream().filter(name -> !world.node(name).isUp()).forEach(name -> {
            unfit.add(name);
            takeAway(name);
        });
    }

    /** Something goes wrong with one node, or moves. */
    void trouble() {
        String name = NAMES.get(chance.nextInt(NAMES.size()));
        SimNode<JobNode, Object, Object, Object, Object> node = world.node(name);
        int what = chance.nextInt(10);
        boolean others = unfit.isEmpty();
        if (what < 2 && others) {
            node.kill();
            unfitFor(name, between(300, 5000), node::restart);
        } else if (what < 4 && others) {
            node.pause();
            unfitFor(name, between(300, 6000), node::resume);
        } else if (what < 5 && others) {
            rows.isolate(node.id());
            unfitFor(name, between(300, 5000), rows::heal);
        } else if (what < 8) {
            for (int shard = 0; shard < JobNode.SHARDS; shard++) {
                if (chance.nextInt(3) == 0) {
                    move(shard);
                }
            }
        } else if (what < 9) {
            stepWall(name, between(-4000, 4000));
        } else {
            rows.elect();
        }
    }

    void stepWall(String name, Duration distance) {
        world.node(name).clock().jumpWall(distance);
        wallSteps.merge(name + world.node(name).clock(), distance, Duration::plus);
    }

    /** All clocks are right, all nodes well. */
    void heal() {
        NAMES.forEach(name -> {
            Duration step = wallSteps.getOrDefault(name + world.node(name).clock(), Duration.ZERO);
            world.node(name).clock().jumpWall(step.negated());
        });
        wallSteps.clear();
        rows.heal();
        world.heal();
    }

    ReplicatedTable watched() {
        return world.node(WATCH).protocol().table;
    }

    void watch(String key, Duration every, Consumer<ReplicatedTable.Row> seen) {
        JobNode watcher = world.node(WATCH).protocol();
        watcher.table.get(key, ReadConsistency.LINEARIZABLE, watcher.deadline()).thenAccept(row -> row.ifPresent(seen));
        world.after(every, () -> watch(key, every, seen));
    }
}
