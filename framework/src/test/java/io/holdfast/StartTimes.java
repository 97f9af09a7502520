package io.holdfast;

import io.holdfast.service.RemoteService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long a node takes from start to ready, and three nodes to one cluster in which all see each other. A program, not a test. */
final class StartTimes {
    @RemoteService("greeter")
    public interface Greeter {
        String greet(String name);
    }

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private StartTimes() {}

    public static void main(String[] args) {
        for (int round = 0; round < 5; round++) {
            long begin = System.nanoTime();
            try (HoldfastNode node = Holdfast.node("single").start().awaitReady(LIMIT)) {
                node.host((Greeter) name -> "hello " + name);
                String answer = node.client(Greeter.class).greet("world");
                print("one node, ready and first call answered (" + answer + ")", begin);
            }
            begin = System.nanoTime();
            List<HoldfastNode> nodes = new ArrayList<>();
            for (String name : List.of("a", "b", "c")) {
                NodeBuilder builder = Holdfast.node(name);
                if (!nodes.isEmpty()) {
                    builder.seeds(nodes.get(0).address().toString());
                }
                nodes.add(builder.start());
            }
            nodes.forEach(node -> node.awaitReady(LIMIT));
            while (nodes.stream().anyMatch(n -> n.membership().members().size() < 3)) {
                Thread.onSpinWait();
            }
            print("three nodes, all see each other", begin);
            begin = System.nanoTime();
            nodes.forEach(HoldfastNode::close);
            print("three nodes leave", begin);
        }
    }

    private static void print(String what, long begin) {
        System.out.printf("%-60s %6.0f ms%n", what, (System.nanoTime() - begin) / 1e6);
    }
}
