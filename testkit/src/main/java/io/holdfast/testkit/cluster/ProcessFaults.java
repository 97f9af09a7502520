package io.holdfast.testkit.cluster;

import io.holdfast.core.DurationText;
import io.holdfast.core.fault.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a {@link Fault} means for processes: signals for a node, the fault point behind the admin endpoint for a link. */
final class ProcessFaults {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private ProcessFaults() {}

    static void node(List<ProcessNode> nodes, ProcessNode node, Fault fault) {
        if (fault instanceof Fault.Pause pause) {
            pause(node, pause);
        } else if (fault instanceof Fault.Kill) {
            node.kill();
        } else {
            nodes.stream().filter(other -> other != node).forEach(other -> link(node, other, fault));
        }
    }

    private static void pause(ProcessNode node, Fault.Pause pause) {
        long pid = node.pid();
        node.pause();
        CompletableFuture.delayedExecutor(pause.duration().toNanos(), TimeUnit.NANOSECONDS)
                .execute(() -> {
                    if (node.isAlive() && node.pid() == pid) {
                        node.resume();
                    }
                });
    }

    static void link(ProcessNode a, ProcessNode b, Fault fault) {
        String how;
        if (fault instanceof Fault.Latency latency) {
            how = "delay=" + DurationText.of(latency.delay());
        } else if (fault instanceof Fault.Drop) {
            how = "cut=true";
        } else {
            throw new IllegalArgumentException("fault (" + fault + ") cannot hit the link between " + a.name() + " and "
                    + b.name()
                    + ": a link delays (Latency) or loses (Drop); a node also stands (Pause) or ends (Kill)");
        }
        ask(a, "PUT", "/admin/links/" + b.name() + "?" + how);
        ask(b, "PUT", "/admin/links/" + a.name() + "?" + how);
    }

    static void heal(ProcessNode node) {
        ask(node, "DELETE", "/admin/links");
    }

    private static void ask(ProcessNode node, String method, String path) {
        URI uri = node.admin().resolve(path);
        try {
            HttpResponse<String> answer = HTTP.send(
                    HttpRequest.newBuilder(uri)
                            .method(method, BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("node " + node.name() + " answered " + answer.statusCode() + " to "
                        + method + " " + path + "; start it with holdfast.transport.fault-injection=true: "
                        + answer.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("node " + node.name() + " does not answer at " + uri, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking node " + node.name(), e);
        }
    }
}
