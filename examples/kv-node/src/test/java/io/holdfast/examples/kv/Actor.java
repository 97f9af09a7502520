package io.holdfast.examples.kv;

import io.holdfast.examples.kv.KvClient.Reply;
import io.holdfast.examples.kv.KvClient.Request;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** One client that does one thing at a time, mostly at the node that it calls home. For use by one thread. */
final class Actor {
    private static final int REMEMBERED = 64;
    private static final AtomicInteger PROCESSES = new AtomicInteger();

    private final String name;
    private final int home;
    private final KvClient client;
    private final RandomGenerator random;
    private final Map<String, String> memory = new HashMap<>();
    private int process = PROCESSES.incrementAndGet();
    private int values;
    private int node;

    Actor(String name, int home, KvClient client, RandomGenerator random) {
        this.name = name;
        this.home = home;
        this.node = home;
        this.client = client;
        this.random = random;
    }

    String name() {
        return name;
    }

    RandomGenerator random() {
        return random;
    }

    /** The node that the last request went to. */
    int node() {
        return node;
    }

    int process() {
        return process;
    }

    /** What it began may go on for ever, so from now on it is somebody else. */
    void becomeAnother() {
        process = PROCESSES.incrementAndGet();
    }

    /** A value that nobody else writes. */
    String newValue() {
        return name + "." + ++values;
    }

    String remembered(String key) {
        return memory.getOrDefault(key, "");
    }

    void remember(String key, String what) {
        if (memory.size() >= REMEMBERED) {
            memory.clear();
        }
        memory.put(key, what);
    }

    Reply send(Request request) {
        node = random.nextInt(10) < 7 ? home : random.nextInt(client.nodes());
        return client.send(node, request);
    }

    /** Asks one node. */
    Reply send(int at, Request request) {
        node = at;
        return client.send(at, request);
    }
}
