package io.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalChangesTest {
    private final LocalChanges changes =
            new LocalChanges(request -> CompletableFuture.completedFuture(HttpResponse.text(200, "done")));

    private HttpResponse ask(String method, Optional<InetAddress> from) {
        HttpRequest request = new HttpRequest(
                method, List.of("admin", "consensus", "backup"), Map.of(), Map.of(), Map.of(), new byte[0], from);
        return changes.handle(request).toCompletableFuture().join();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 10.0.0.9, 200", "HEAD, 10.0.0.9, 200", "POST, 10.0.0.9, 403", "PUT, 10.0.0.9, 403",
        "DELETE, 10.0.0.9, 403", "PATCH, fd00::9, 403", "POST, 127.0.0.1, 200", "POST, 127.0.0.7, 200",
        "POST, ::1, 200", "DELETE, ::ffff:127.0.0.1, 200", "POST, ::ffff:10.0.0.9, 403"
    })
    void anybodyReadsAndOnlyThisMachineChanges(String method, String from, int status) throws UnknownHostException {
        assertThat(ask(method, Optional.of(InetAddress.getByName(from))).status())
                .isEqualTo(status);
    }

    private HttpResponse fromHere(HttpHandler handler, String method, Map<String, String> headers) {
        HttpRequest request = new HttpRequest(
                method,
                List.of("admin", "traffic", "catalog"),
                Map.of(),
                Map.of(),
                headers,
                new byte[0],
                Optional.of(InetAddress.getLoopbackAddress()));
        return handler.handle(request).toCompletableFuture().join();
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, localhost:9090, 200",
        "PUT, 127.0.0.1:9090, 200",
        "PUT, [::1]:9090, 200",
        "PUT, [0:0:0:0:0:0:0:1]:9090, 200",
        "PUT, [0:0:0:0:0:0:0:2]:9090, 403",
        "PUT, LOCALHOST, 200",
        "PUT, node.localhost:1, 200",
        "PUT, evil.example:9090, 403",
        "PUT, 127.0.0.1.evil.example, 403",
        "PUT, localhost.evil.example:9090, 403",
        "GET, evil.example:9090, 200"
    })
    void aChangeMustNameALoopbackHost(String method, String host, int status) {
        HttpResponse answer = fromHere(changes, method, Map.of("host", host));
        assertThat(answer.status()).isEqualTo(status);
        if (status == 403) {
            assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("has Host (" + host + ")");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, http://evil.example, 403", "PUT, null, 403", "DELETE, http://localhost:9091, 403",
        "POST, http://localhost:9090, 200", "POST, http://LOCALHOST:9090, 200", "GET, http://evil.example, 200",
        "POST, '', 200"
    })
    void aPageOfAnotherSiteChangesNothing(String method, String origin, int status) {
        HttpHandler pages =
                new SameOrigin(request -> CompletableFuture.completedFuture(HttpResponse.text(200, "done")));
        Map<String, String> headers = origin.isEmpty()
                ? Map.of("host", "localhost:9090")
                : Map.of("host", "localhost:9090", "origin", origin);
        HttpResponse answer = fromHere(pages, method, headers);
        assertThat(answer.status()).isEqualTo(status);
        if (status == 403) {
            assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("has Origin (" + origin + ")");
        }
    }

    @Test
    void whoIsRefusedLearnsWhatToSet() throws UnknownHostException {
        HttpResponse refused = ask("POST", Optional.of(InetAddress.getByName("10.0.0.9")));
        assertThat(new String(refused.body(), StandardCharsets.UTF_8))
                .contains("POST /admin/consensus/backup came from 10.0.0.9", "holdfast.admin.remote-changes=true");
        assertThat(ask("POST", Optional.empty()).status()).isEqualTo(403);
    }
}
