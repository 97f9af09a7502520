package io.holdfast.benchmarks.shards;

import io.holdfast.HoldfastNode;
import io.holdfast.benchmarks.run.ParentLines;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.ShutdownHook;
import io.holdfast.sharding.job.Schedule;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A node that owns shards. Says {@code ready <admin>}; for {@code local <seconds>} it calls entities of its own one after the other and says {@code local <read p50 us> <write p50 us>}; for {@code heap} it
 * collects its garbage and says {@code heap <bytes that are left>}.
 */
final class ShardNodeMain {
    private static final Duration READY = Duration.ofSeconds(180);
    private static final int PLAN = 3;

    private ShardNodeMain() {}

    private static final class PlainService implements Plain {
        @Override
        public CompletionStage<Long> add(long number) {
            return CompletableFuture.completedFuture(number);
        }
    }

    /** Arguments: the cluster's plan, name, its place among the ports, all ports, data directory. */
    public static void main(String[] arguments) throws Exception {
        ClusterPlan plan = ClusterPlan.parse(List.of(arguments));
        String name = arguments[PLAN];
        List<String> ports = List.of(arguments[PLAN + 2].split(",", -1));
        HoldfastNode node = plan.node(name, ports)
                .bind("127.0.0.1", Integer.parseInt(ports.get(Integer.parseInt(arguments[PLAN + 1]))))
                .dataDir(Path.of(arguments[PLAN + 3]))
                .start();
        ShutdownHook.register(
                "leave-" + name, node::close); // a builder's node leaves when it is closed, not by itself at SIGTERM
        try (Environment environment = Environment.system()) {
            host(node, plan.hosts(), environment);
            node.awaitReady(READY);
            ParentLines.say("ready " + node.admin());
            ParentLines parent = new ParentLines();
            for (String line = parent.next(); line != null; line = parent.next()) {
                obey(environment, node, name, line.split(" ", -1));
            }
        }
        Runtime.getRuntime().halt(0); // no goodbye: the run is over
    }

    private static void host(HoldfastNode node, ClusterPlan.Hosts what, Environment environment) {
        switch (what) {
            case TALLIES -> {
                node.entities().host(TallyEntity.class);
                node.host(new PlainService());
            }
            case NOTES -> node.entities().host(NoteEntity.class);
            case TICKS ->
                node.jobs().schedule(TickEffect.JOB, Schedule.every(TickEffect.PERIOD), new TickEffect(environment));
        }
    }

    private static void obey(Environment environment, HoldfastNode node, String name, String[] words) {
        switch (words[0]) {
            case "local" -> {
                OneByOne calls =
                        OneByOne.of(environment, node, name::equals, Duration.ofSeconds(Integer.parseInt(words[1])));
                ParentLines.say("local " + calls.reads() + " " + calls.writes());
            }
            case "heap" -> {
                System.gc();
                ParentLines.say("heap "
                        + ManagementFactory.getMemoryMXBean()
                                .getHeapMemoryUsage()
                                .getUsed());
            }
            default -> throw new IllegalArgumentException("line (" + words[0] + ") must be local or heap");
        }
    }
}
