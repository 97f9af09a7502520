package io.holdfast.rpc;

import io.holdfast.circuitbreaker.overload.Admission;
import io.holdfast.contract.Contract;
import io.holdfast.contract.RemoteMethod;
import io.holdfast.core.CodecException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.Exchange;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/** Serves one contract on one route. Safe for use by many threads. */
public final class ServiceServer implements AutoCloseable {
    private static final Duration RETRY_AFTER = Duration.ofMillis(50);

    private final Contract contract;
    private final ServerSide side;
    private final int[] hashes;
    private final ServedMethod[] methods;
    private final Registration route;

    private ServiceServer(Contract contract, Object implementation, ServerSide side) {
        this.contract = contract;
        this.side = side;
        List<RemoteMethod> remote = contract.methods();
        this.hashes = remote.stream().mapToInt(RemoteMethod::hash).toArray();
        this.methods = remote.stream()
                .map(method -> new ServedMethod(
                        method, implementation, side.telemetry().meters(), side.clock()))
                .toArray(ServedMethod[]::new);
        this.route = side.transport().serve(RpcWire.route(contract.service()), this::accept);
    }

    /**
     * Begins to serve.
     *
     * @param contract the contract
     * @param implementation what runs the calls
     * @param side the node's part
     * @return the running server; closing it ends the serving
     * @throws IllegalArgumentException if the service is served already
     */
    public static ServiceServer start(Contract contract, Object implementation, ServerSide side) {
        return new ServiceServer(contract, implementation, side);
    }

    private void accept(Exchange exchange) {
        side.arrivals().increment();
        byte[] request = exchange.request().payload();
        int found;
        try {
            found = Arrays.binarySearch(hashes, RpcWire.hashOf(request));
        } catch (CodecException e) {
            exchange.fail(e);
            return;
        }
        if (found < 0) {
            exchange.fail(new NotAppliedException("node " + side.node() + " serves " + contract.service()
                    + " without the method of hash " + Integer.toHexString(RpcWire.hashOf(request))
                    + ": its contract is older than the caller's; deploy the service before its callers"));
            return;
        }
        ServedMethod method = methods[found];
        side.active().increment();
        long now = nanoTime();
        OverloadedException refusal =
                side.admission().arrive(exchange.request().context().criticality(), now);
        ServedCall call = new ServedCall(this, method, exchange, now, refusal == null);
        if (refusal != null) {
            call.refuse(refusal);
            return;
        }
        if (method.nonBlocking()) {
            call.run();
            return;
        }
        try {
            side.handlers().execute(call);
        } catch (RejectedExecutionException e) {
            call.refuse(new OverloadedException(
                    "node " + side.node() + " runs " + side.maxConcurrent()
                            + " calls, its limit (holdfast.server.max-concurrent); slow callers down or add a node",
                    RETRY_AFTER));
        }
    }

    /** Answers with an exception. */
    CallStatus answer(Exchange exchange, ServedMethod method, Throwable error, boolean retriedBelow) {
        ThrownReply answer = ThrownReply.of(
                method.remote(),
                error,
                retriedBelow,
                exchange.request().context().correlationId(),
                method.failures(),
                side.correlationIds());
        if (answer.reply() != null) {
            exchange.reply(answer.reply());
        } else if (answer.failure() != null) {
            exchange.fail(answer.failure());
        }
        return answer.status();
    }

    Admission admission() {
        return side.admission();
    }

    RpcTracing tracing() {
        return side.tracing();
    }

    long nanoTime() {
        return side.clock().nanoTime();
    }

    void finished() {
        side.active().decrement();
    }

    @Override
    public void close() {
        route.close();
    }
}
