package io.holdfast.examples.quickstart;

import io.holdfast.Holdfast;
import io.holdfast.core.ServiceName;
import java.time.Duration;

public final class Caller {
    public static void main(String[] args) {
        try (var node = Holdfast.run(args)) {
            var greeters = node.services().awaitInstances(ServiceName.of("greeter"), 1, Duration.ofSeconds(30));
            greeters.toCompletableFuture().join();
            Greeter greeter = node.client(Greeter.class);
            System.out.println(greeter.greet("Ada"));
        }
    }
}
