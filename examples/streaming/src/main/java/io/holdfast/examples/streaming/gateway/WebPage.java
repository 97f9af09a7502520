package io.holdfast.examples.streaming.gateway;

import io.holdfast.transport.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a browser gets: one page that asks the other routes, and pictures. Nothing comes from other places. */
final class WebPage {
    private static final String PAGE_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** Of a picture that is opened as a page of its own. */
    private static final String PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

    private static final byte[] PAGE = resource("page.html");

    private WebPage() {}

    private static byte[] resource(String name) {
        try (InputStream in = WebPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + name + "; build it again");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the jar's " + name + " cannot be read; build it again", e);
        }
    }

    static HttpResponse answer() {
        return new HttpResponse(
                200,
                Map.of("Content-Type", "text/html; charset=utf-8", "Content-Security-Policy", PAGE_POLICY),
                PAGE.clone());
    }

    static HttpResponse picture(String svg) {
        return new HttpResponse(
                200,
                Map.of(
                        "Content-Type", "image/svg+xml",
                        "Content-Security-Policy", PICTURE_POLICY,
                        "Cache-Control", "public, max-age=3600"),
                svg.getBytes(StandardCharsets.UTF_8));
    }
}
