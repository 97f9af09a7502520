package io.holdfast.testkit.sim;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A request at the server of a simulated connection. */
final class ServedExchange implements Exchange {
    private final SimTransport server;
    private final SimConnection connection;
    private final Inbound request;
    private final CompletableFuture<byte[]> answer;
    private final List<Runnable> onCancel = new ArrayList<>();
    private final Runnable broken = this::cancel;
    private boolean done;
    private boolean cancelled;

    ServedExchange(SimTransport server, SimConnection connection, Inbound request, CompletableFuture<byte[]> answer) {
        this.server = server;
        this.connection = connection;
        this.request = request;
        this.answer = answer;
    }

    void open() {
        connection.whenBroken(server, broken);
    }

    @Override
    public Inbound request() {
        return request;
    }

    @Override
    public void reply(byte[] payload) {
        end(() -> answer.complete(payload));
    }

    @Override
    public void fail(HoldfastException reason) {
        end(() -> answer.completeExceptionally(reason));
    }

    private void end(Runnable atTheClient) {
        if (!done) {
            done = true;
            connection.forget(server, broken);
            server.wire().segment(connection, server, atTheClient);
            server.finished();
        }
    }

    /** The caller has gone or has its answer; the latter changes nothing any more. */
    void cancel() {
        if (!done) {
            done = true;
            cancelled = true;
            connection.forget(server, broken);
            server.finished();
            onCancel.forEach(Runnable::run);
        }
    }

    @Override
    public void onCancel(Runnable task) {
        if (cancelled) {
            task.run();
        } else if (!done) {
            onCancel.add(task);
        }
    }
}
