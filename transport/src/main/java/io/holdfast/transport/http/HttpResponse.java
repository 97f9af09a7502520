package io.holdfast.transport.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

public record HttpResponse(int status, Map<String, String> headers, byte[] body) {
    public static HttpResponse text(int status, String body) {
        return new HttpResponse(
                status, Map.of("content-type", "text/plain; charset=utf-8"), body.getBytes(StandardCharsets.UTF_8));
    }

    public static HttpResponse json(int status, String body) {
        return new HttpResponse(
                status, Map.of("content-type", "application/json"), body.getBytes(StandardCharsets.UTF_8));
    }
}
