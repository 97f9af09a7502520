package io.holdfast.benchmarks.shards;

import io.holdfast.benchmarks.run.OpenLoop;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** More keys than fit into the memory that entities may take, for a long time. For use by one thread. */
final class SoakRun {
    static final int NODES = 3;

    private static final int MAX_WAITING = 5_000;
    private static final int FILLERS = 256;
    private static final double FLAT_PERCENT = 5;
    private static final int MIN_SAMPLES = 4;
    /** What an entity counts at least against the bound: 1 KiB, and twice its state and its key. */
    private static final int WEIGHT = 1024 + 2 * (Note.TEXT + NoteLoad.key(0).length());
    /** What one that was only read counts. */
    private static final int LIGHTEST = 1024 + 2 * NoteLoad.key(0).length();

    private final Environment environment;
    private final ShardCluster cluster;
    private final NoteLoad load;
    private final long memory;
    private final Map<String, Trend> heaps = new TreeMap<>();
    private final AtomicReference<@Nullable Long> filledNanos = new AtomicReference<>();
    private long fewest = Long.MAX_VALUE;
    private long mostOfNode;

    private SoakRun(Environment environment, ShardCluster cluster, NoteLoad load, long memory) {
        this.environment = environment;
        this.cluster = cluster;
        this.load = load;
        this.memory = memory;
    }

    static void run(Environment environment, Options options, Bars bars) {
        // a node has a third of them, a few more or less as its shards have it
        long memory = (long) (options.number("soak-live") * 1.08 / NODES * WEIGHT);
        ClusterPlan plan = ClusterPlan.of(options)
                .withNodes(NODES)
                .withHosts(ClusterPlan.Hosts.NOTES)
                .withFlags(options.text("soak-flags"))
                .withSetting("holdfast.sharding.entities.memory", memory + "B");
        try (ShardCluster cluster = ShardCluster.start(environment, plan)) {
            NoteLoad load = new NoteLoad(
                    environment,
                    cluster.client().entities(),
                    options.number("soak-keys"),
                    options.number("soak-write-percent"));
            new SoakRun(environment, cluster, load, memory).run(options, bars);
        }
    }

    private void run(Options options, Bars bars) {
        long begin = now();
        long end = begin + options.number("soak-seconds") * 1_000_000_000L;
        OpenLoop paced = new OpenLoop(environment, options.number("rate"), MAX_WAITING, load);
        environment.threads().start("notes", () -> {
            try {
                load.fill(FILLERS, end);
                filledNanos.set(now());
                paced.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        long third = begin + (end - begin) / 3;
        Duration every = Duration.ofSeconds(options.number("sample-seconds"));
        while (now() < end) {
            cluster.pass(every);
            sample(begin, third);
        }
        paced.stop();
        judge(options, begin, bars);
    }

    private long now() {
        return environment.clock().nanoTime();
    }

    /** One node after the other collects its garbage, so that one at a time stands still. */
    private void sample(long begin, long third) {
        StringBuilder line = new StringBuilder(Bars.text(
                "soak, second %d: %,d keys so far, %,d calls done, %d failed;",
                seconds(begin), load.distinct(), load.done(), load.failed()));
        Long filled = filledNanos.get();
        boolean counts = filled != null && now() > Math.max(third, filled);
        long live = 0;
        for (String node : cluster.founders()) {
            ShardCluster.Life life = cluster.life(node);
            life.jvm().tell("heap");
            double heap = Double.parseDouble(
                            life.jvm().await("heap", Duration.ofSeconds(60)).text())
                    / (1 << 20);
            long here = ShardView.entities(life.admin());
            live += here;
            mostOfNode = Math.max(mostOfNode, here);
            line.append(Bars.text(
                    " %s heap %.1f MiB, %,d entities of %.1f MiB or more;",
                    node, heap, here, here * (double) LIGHTEST / (1 << 20)));
            if (counts) {
                heaps.computeIfAbsent(node, name -> new Trend()).add(now() / 1e9, heap);
            }
        }
        if (counts) {
            fewest = Math.min(fewest, live);
        }
        System.out.println(line + Bars.text(" cap %.1f MiB each", memory / (double) (1 << 20)));
    }

    private long seconds(long begin) {
        return (now() - begin) / 1_000_000_000L;
    }

    private void judge(Options options, long begin, Bars bars) {
        Long filled = filledNanos.get();
        bars.row(
                "soak",
                "calls",
                Bars.text("%,d done in %d s, %,d not sent", load.done(), seconds(begin), load.notSent()));
        bars.row("soak", "failed calls", load.failed() + ", the last: " + load.lastFailure(), "0", load.failed() == 0);
        bars.row("soak", "answers that lack an acknowledged write", Long.toString(load.lost()), "0", load.lost() == 0);
        long keys = options.number("soak-keys");
        bars.row(
                "soak",
                "different keys",
                Bars.text(
                        "%,d, all after %d s",
                        load.distinct(), filled == null ? -1 : (filled - begin) / 1_000_000_000L),
                Bars.text("%,d", keys),
                filled != null && load.distinct() >= keys);
        long live = fewest == Long.MAX_VALUE ? 0 : fewest;
        bars.row(
                "soak",
                "entities alive, fewest of all looks",
                Bars.text("%,d", live),
                Bars.text(">= %,d", options.number("soak-live")),
                live >= options.number("soak-live"));
        long most = memory / LIGHTEST + MAX_WAITING;
        bars.row(
                "soak",
                "entities alive on one node, most of all looks",
                Bars.text("%,d", mostOfNode),
                Bars.text("<= %,d (the cap, and calls under way)", most),
                mostOfNode <= most);
        heaps.forEach((node, heap) -> {
            double percent = 100 * heap.rise() / Math.max(1, heap.mean());
            bars.row(
                    "soak",
                    "heap of " + node + " after a collection, last two thirds, all keys known",
                    Bars.text(
                            "%.1f MiB in the mean of %d, rise %+.1f MiB: %+.1f %%",
                            heap.mean(), heap.size(), heap.rise(), percent),
                    "flat (< 5 %)",
                    percent < FLAT_PERCENT && heap.size() >= MIN_SAMPLES);
        });
        if (heaps.isEmpty()) {
            bars.row("soak", "heap after a collection", "no look after all keys were known", "flat", false);
        }
    }
}
