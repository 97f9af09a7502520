package io.holdfast.core.transport;

import io.holdfast.core.Address;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The one wire between nodes: many routes share one connection for each pair of nodes and direction.
 *
 * <p>Handlers run on the transport's thread and must not block. Every queue is bounded; at the bound a call fails with
 * {@link io.holdfast.core.OverloadedException} before anything is sent. Messages of one lane to one peer arrive in order or not at all, while the connection lasts.
 *
 * <p>Safe for use by many threads. {@code TransportContract} in {@code holdfast-testkit} states these rules as tests.
 */
public interface Transport extends AutoCloseable {
    /**
     * Where this node listens.
     *
     * @return the address that others connect to
     */
    Address address();

    /**
     * Serves requests on a route.
     *
     * @param route the route
     * @param handler takes each request and answers it, now or later
     * @return ends the serving
     * @throws IllegalArgumentException if the route is served already
     */
    Registration serve(String route, Consumer<Exchange> handler);

    /**
     * Takes one-way messages on a route.
     *
     * @param route the route
     * @param handler takes each message
     * @return ends the taking
     * @throws IllegalArgumentException if the route is taken already
     */
    Registration receive(String route, Consumer<Inbound> handler);

    /**
     * Serves streams on a route. The publisher is subscribed once; demand of the far subscriber reaches it as {@link Flow.Subscription#request}.
     *
     * @param route the route
     * @param handler makes the publisher for a request
     * @return ends the serving; running streams go on
     * @throws IllegalArgumentException if the route is served already
     */
    Registration serveStream(String route, Function<Inbound, Flow.Publisher<byte[]>> handler);

    /**
     * Sends a request. Cancelling the future tells the other side to stop.
     *
     * @param to where the node listens
     * @param message the request; its deadline bounds the wait
     * @return the answer, or one of: {@link io.holdfast.core.OverloadedException} (a queue is full), {@link io.holdfast.core.UnavailableException} (no connection, or
     *     the peer drains: nothing was done), {@link io.holdfast.core.DeadlineExceededException}, {@link io.holdfast.core.UnknownOutcomeException} (the connection broke
     *     after sending), {@link io.holdfast.core.NotAppliedException} (no such route), {@link io.holdfast.core.ClusterMismatchException}, or what the handler failed with
     */
    CompletableFuture<byte[]> request(Address to, Message message);

    /**
     * Sends a one-way message. Delivery is not promised.
     *
     * @param to where the node listens
     * @param message the message
     * @return completes when the message was written to the connection; fails as {@link #request} does before sending
     */
    CompletionStage<Void> send(Address to, Message message);

    /**
     * Opens a stream. Nothing is sent before the first subscription and demand; a publisher takes one subscriber.
     *
     * @param to where the node listens
     * @param message the request
     * @return the items in order; errors as for {@link #request}. Cancelling the subscription stops the far publisher
     */
    Flow.Publisher<byte[]> stream(Address to, Message message);

    /**
     * Listens for connections that come and go.
     *
     * @param listener the listener
     * @return ends the listening
     */
    Registration onConnection(ConnectionListener listener);

    /**
     * Says GOAWAY to every peer: no new requests are taken, running ones are finished.
     *
     * @param limit how long to wait for running requests
     * @return completes when all are finished or the limit has passed
     */
    CompletionStage<Void> drain(Duration limit);

    /** Closes every connection and the port. Requests under way fail with {@link io.holdfast.core.UnknownOutcomeException}. */
    @Override
    void close();
}
