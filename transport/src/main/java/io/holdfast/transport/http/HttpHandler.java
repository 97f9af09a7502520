package io.holdfast.transport.http;

import java.util.concurrent.CompletionStage;

/** Answers requests. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Answers a request, now or later. What it throws, or the stage fails with, becomes a problem document ({@link HttpResponse#ofFailure}).
     *
     * <p>When nobody waits any more, because the handler's time is over or the client has gone, the server cancels the stage's future: give each request its own.
     *
     * @param request the request
     * @return the response; null, or a stage that completes with null, is answered with 500
     */
    CompletionStage<HttpResponse> handle(HttpRequest request);
}
