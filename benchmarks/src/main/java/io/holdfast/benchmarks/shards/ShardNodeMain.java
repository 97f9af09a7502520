package io.holdfast.benchmarks.shards;

import io.holdfast.HoldfastNode;
import io.holdfast.benchmarks.run.ParentLines;
import io.holdfast.core.env.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A node that owns entities. Says {@code ready <admin>}; for {@code local <seconds>} it calls entities of its own one after the other and says {@code local <read p50 us> <write p50 us>}. */
final class ShardNodeMain {
    private static final Duration READY = Duration.ofSeconds(180);

    private ShardNodeMain() {}

    private static final class PlainService implements Plain {
        @Override
        public CompletionStage<Long> add(long number) {
            return CompletableFuture.completedFuture(number);
        }
    }

    /** Arguments: name, its place among the ports, all ports, data directory, groups. */
    public static void main(String[] arguments) throws Exception {
        String name = arguments[0];
        int port = Integer.parseInt(arguments[2].split(",", -1)[Integer.parseInt(arguments[1])]);
        HoldfastNode node = ShardCluster.node(name, arguments[2], Integer.parseInt(arguments[4]))
                .bind("127.0.0.1", port)
                .dataDir(Path.of(arguments[3]))
                .start();
        node.entities().host(TallyEntity.class);
        node.host(new PlainService());
        node.awaitReady(READY);
        ParentLines.say("ready " + node.admin());
        ParentLines parent = new ParentLines();
        try (Environment environment = Environment.system()) {
            for (String line = parent.next(); line != null; line = parent.next()) {
                String[] words = line.split(" ", -1);
                if (!words[0].equals("local")) {
                    throw new IllegalArgumentException("line (" + words[0] + ") must be local");
                }
                OneByOne calls = OneByOne.own(environment, node, name, Duration.ofSeconds(Integer.parseInt(words[1])));
                ParentLines.say("local " + calls.reads() + " " + calls.writes());
            }
        }
        Runtime.getRuntime().halt(0); // no goodbye: the run is over
    }
}
