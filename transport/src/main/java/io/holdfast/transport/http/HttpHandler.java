package io.holdfast.transport.http;

import java.util.concurrent.CompletionStage;

@FunctionalInterface
public interface HttpHandler {
    CompletionStage<HttpResponse> handle(HttpRequest request);
}
