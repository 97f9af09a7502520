package io.holdfast.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.env.Registration;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class HttpRouterTest {
    private final HttpRouter router = new HttpRouter();

    private static HttpHandler answer(String text) {
        return request -> CompletableFuture.completedFuture(HttpResponse.text(200, text + request.pathParameters()));
    }

    private HttpResponse ask(String method, String target) {
        RequestTarget parsed = RequestTarget.parse(target);
        HttpRequest request = new HttpRequest(
                method, parsed.segments(), Map.of(), parsed.query(), Map.of(), new byte[0], Optional.empty());
        return router.handle(request).toCompletableFuture().join();
    }

    private String body(String target) {
        return new String(ask("GET", target).body(), StandardCharsets.UTF_8);
    }

    @Test
    void aLiteralGoesBeforeANameWhicheverCameFirst() {
        router.add("GET", "/users/{id}", answer("name"));
        router.add("GET", "/users/me", answer("literal"));
        router.add("GET", "/", answer("root"));
        assertThat(body("/users/me")).isEqualTo("literal{}");
        assertThat(body("/users/ada")).isEqualTo("name{id=ada}");
        assertThat(body("/users/a%2Fb")).as("an encoded slash stays inside").isEqualTo("name{id=a/b}");
        assertThat(body("/")).isEqualTo("root{}");
        assertThat(ask("GET", "/users/").status()).isEqualTo(404);
        assertThat(ask("GET", "/users/a/b").status()).isEqualTo(404);
    }

    @Test
    void twoRoutesOfOneShapeAreRefused() {
        Registration first = router.add("GET", "/users/{id}", answer(""));
        assertThatThrownBy(() -> router.add("GET", "/users/{name}", answer("")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exists already as /users/{id}");
        first.close();
        router.add("GET", "/users/{name}", answer(""));
    }

    @Test
    void aPatternThatCannotMatchIsRefused() {
        for (String pattern : List.of("users", "/a//b", "/{}", "/{a", "/a{b}")) {
            assertThatThrownBy(() -> router.add("GET", pattern, answer("")))
                    .as(pattern)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> router.add("FETCH", "/", answer(""))).hasMessageContaining("must be one of");
    }

    @Test
    void anotherMethodIsToldWhichAreAllowed() {
        router.add("GET", "/page", answer(""));
        router.add("PUT", "/page", answer(""));
        assertThat(ask("DELETE", "/page").status()).isEqualTo(405);
        assertThat(ask("DELETE", "/page").headers()).containsEntry("Allow", "GET, PUT, HEAD");
    }

    @Test
    void aHeaderCannotSmuggleALine() {
        assertThatThrownBy(() -> HttpResponse.text(200, "").withHeader("X", "a\r\nY: b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 1000)
    void anyTargetIsReadOrRefused(
            @ForAll @Chars({'/', '%', '2', 'f', '.', '?', '=', '&', '+', 'é'}) @AlphaChars @StringLength(max = 20)
                    String target) {
        try {
            RequestTarget parsed = RequestTarget.parse("/" + target);
            assertThat(parsed.segments()).doesNotContain("..", ".");
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageMatching(".*(percent|path|printable|query).*");
        }
    }
}
