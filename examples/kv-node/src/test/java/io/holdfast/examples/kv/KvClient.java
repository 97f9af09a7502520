package io.holdfast.examples.kv;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks nodes from outside and sorts what comes back into the three outcomes. Safe for use by many threads. */
final class KvClient implements AutoCloseable {
    private static final Set<Integer> ANSWERS = Set.of(200, 204, 404, 409);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** How a request ended. */
    sealed interface Reply {
        /** With an answer. */
        record Done(int status, String body, String revision) implements Reply {
            long number() {
                return Long.parseLong(body);
            }

            boolean is(int expected) {
                return status == expected;
            }
        }

        /** Surely without an effect. */
        record NotDone() implements Reply {}

        /** Perhaps with an effect. */
        record Unknown() implements Reply {}
    }

    /** What is asked. */
    record Request(String method, String path, String body) {
        static Request get(String path) {
            return new Request("GET", path, "");
        }

        static Request post(String path) {
            return new Request("POST", path, "");
        }
    }

    private final List<URI> nodes;
    private final List<Deque<HttpConnection>> idle = new ArrayList<>();
    private final Map<String, AtomicInteger> failures = new ConcurrentSkipListMap<>();

    KvClient(List<URI> nodes) {
        this.nodes = nodes;
        nodes.forEach(node -> idle.add(new ConcurrentLinkedDeque<>()));
    }

    int nodes() {
        return nodes.size();
    }

    /** How many requests failed, by what they failed with. */
    Map<String, AtomicInteger> failures() {
        return failures;
    }

    Reply send(int node, Request request) {
        HttpConnection connection;
        try {
            connection = connection(node);
        } catch (IOException e) {
            return failed("no connection", new Reply.NotDone());
        }
        HttpConnection.Answer answer;
        try {
            answer = connection.send(request.method(), request.path(), request.body());
        } catch (IOException e) {
            connection.close();
            return failed(e.getClass().getSimpleName(), new Reply.Unknown());
        }
        if (answer.header("connection").equals("close")) {
            connection.close();
        } else {
            idle.get(node).push(connection);
        }
        return sorted(request, answer);
    }

    /** One that is idle and alive, or a new one. */
    private HttpConnection connection(int node) throws IOException {
        for (HttpConnection kept = idle.get(node).poll();
                kept != null;
                kept = idle.get(node).poll()) {
            if (kept.isAlive()) {
                return kept;
            }
            kept.close();
        }
        return HttpConnection.open(nodes.get(node), TIMEOUT);
    }

    private Reply sorted(Request request, HttpConnection.Answer answer) {
        int status = answer.status();
        if (ANSWERS.contains(status)) {
            return new Reply.Done(status, answer.body(), answer.header("x-revision"));
        }
        if (status == 400 || status == 413) {
            throw new IllegalStateException("the test asks what it must not: " + request + ": " + answer.body());
        }
        boolean notApplied = status == 503 && answer.header("x-not-applied").equals("true");
        return failed(
                status + (notApplied ? " not applied" : ""), notApplied ? new Reply.NotDone() : new Reply.Unknown());
    }

    private Reply failed(String how, Reply reply) {
        failures.computeIfAbsent(how, first -> new AtomicInteger()).incrementAndGet();
        return reply;
    }

    @Override
    public void close() {
        for (Deque<HttpConnection> kept : idle) {
            kept.forEach(HttpConnection::close);
        }
    }
}
