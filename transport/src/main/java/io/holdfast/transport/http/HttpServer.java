package io.holdfast.transport.http;

import io.holdfast.core.Address;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A running HTTP endpoint. Safe for use by many threads. */
public interface HttpServer extends AutoCloseable {
    /**
     * Where it listens.
     *
     * @return the bound address
     */
    Address address();

    /**
     * Stops taking connections, closes idle ones and ends the others with their next response ({@code Connection: close}).
     *
     * @param limit how long to wait for requests under way
     * @return completes when all connections are closed or the limit has passed
     */
    CompletionStage<Void> drain(Duration limit);

    /** Closes the port and every connection. */
    @Override
    void close();
}
