package io.holdfast.benchmarks.startup;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.benchmarks.run.ParentLines;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;

/** A fresh JVM: one node without any configuration, until it is ready. */
final class ReadyNodeMain {
    private ReadyNodeMain() {}

    /** No arguments. */
    public static void main(String[] arguments) {
        try (Environment environment = Environment.system()) {
            MonotonicClock clock = environment.clock();
            long begin = clock.nanoTime();
            HoldfastNode node = Holdfast.node("solo").start().awaitReady(Duration.ofSeconds(30));
            ParentLines.say("ready " + (clock.nanoTime() - begin));
            new ParentLines().next();
            node.close();
        }
    }
}
