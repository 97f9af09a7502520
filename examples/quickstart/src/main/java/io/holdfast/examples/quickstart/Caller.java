package io.holdfast.examples.quickstart;

import io.holdfast.Holdfast;
import java.time.Duration;

public final class Caller {
    public static void main(String[] args) {
        try (var node = Holdfast.run(args).awaitReady(Duration.ofSeconds(10))) {
            Greeter greeter = node.client(Greeter.class);
            System.out.println(greeter.greet("Ada"));
        }
    }
}
