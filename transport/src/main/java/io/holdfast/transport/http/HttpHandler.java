package io.holdfast.transport.http;

import java.util.concurrent.CompletionStage;

/** Answers requests. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Answers a request, now or later. What it throws, or the stage fails with, becomes a problem document ({@link HttpResponse#ofFailure}).
     *
     * @param request the request
     * @return the response
     */
    CompletionStage<HttpResponse> handle(HttpRequest request);
}
