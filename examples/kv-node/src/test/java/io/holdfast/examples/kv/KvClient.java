package io.holdfast.examples.kv;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks nodes from outside and sorts what comes back into the three outcomes. Safe for use by many threads. */
final class KvClient {
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

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final List<URI> nodes;
    private final Map<String, AtomicInteger> failures = new ConcurrentSkipListMap<>();

    KvClient(List<URI> nodes) {
        this.nodes = nodes;
    }

    int nodes() {
        return nodes.size();
    }

    /** How many requests failed, by what they failed with. */
    Map<String, AtomicInteger> failures() {
        return failures;
    }

    Reply send(int node, Request request) {
        HttpRequest http1 = HttpRequest.newBuilder(nodes.get(node).resolve(request.path()))
                .timeout(TIMEOUT)
                .method(request.method(), BodyPublishers.ofString(request.body()))
                .build();
        try {
            return sorted(request, http.send(http1, BodyHandlers.ofString()));
        } catch (ConnectException e) {
            return failed("no connection", new Reply.NotDone());
        } catch (IOException e) {
            return failed(e.getClass().getSimpleName(), new Reply.Unknown());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("interrupted", new Reply.Unknown());
        }
    }

    private Reply sorted(Request request, HttpResponse<String> answer) {
        int status = answer.statusCode();
        if (ANSWERS.contains(status)) {
            return new Reply.Done(
                    status,
                    answer.body(),
                    answer.headers().firstValue("X-Revision").orElse(""));
        }
        if (status == 400 || status == 413) {
            throw new IllegalStateException("the test asks what it must not: " + request + ": " + answer.body());
        }
        boolean notApplied = status == 503
                && answer.headers()
                        .firstValue("X-Not-Applied")
                        .filter("true"::equals)
                        .isPresent();
        return failed(
                status + (notApplied ? " not applied" : ""), notApplied ? new Reply.NotDone() : new Reply.Unknown());
    }

    private Reply failed(String how, Reply reply) {
        failures.computeIfAbsent(how, first -> new AtomicInteger()).incrementAndGet();
        return reply;
    }
}
