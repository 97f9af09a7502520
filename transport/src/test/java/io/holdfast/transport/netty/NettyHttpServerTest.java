package io.holdfast.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.AccessDeniedException;
import io.holdfast.core.Address;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.env.Environment;
import io.holdfast.transport.http.HttpConfig;
import io.holdfast.transport.http.HttpResponse;
import io.holdfast.transport.http.HttpRouter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The HTTP endpoint over real sockets, with bytes written by hand. */
class NettyHttpServerTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(100);

    private final Environment environment = Environment.system();
    private final HttpRouter router = new HttpRouter();
    private final Executor direct = environment.threads().direct();
    private NettyHttpServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        environment.close();
    }

    private void start(HttpConfig config, Executor executor) {
        server = NettyHttpServer.start("test", config, router, executor, environment, new SimpleMeterRegistry());
    }

    private void start() {
        start(HttpConfig.local(), direct);
    }

    @Test
    void aRequestReachesItsHandlerWithEverythingThatItBrought() throws Exception {
        router.add(
                "POST",
                "/home/{user}",
                request -> done(HttpResponse.text(
                        200,
                        request.method() + " " + request.path() + " " + request.pathParameter("user") + " "
                                + request.query("limit").orElse("-") + " "
                                + request.header("X-Tag").orElse("-") + " "
                                + new String(request.body(), StandardCharsets.UTF_8))));
        start();
        String answer = ask(
                "POST /home/ada%20l%2Fx?limit=3%26&limit=4 HTTP/1.1\r\nHost: h\r\nx-tag: one\r\nX-Tag: two\r\nConnection: close\r\n"
                        + "Content-Length: 4\r\n\r\nbody");
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("X-Content-Type-Options: nosniff")
                .contains("no-store")
                .endsWith("\r\n\r\nPOST /home/ada l/x ada l/x 3& one, two body");
    }

    @Test
    void aConnectionIsKeptAndPipelinedRequestsAreAnsweredInOrder() throws Exception {
        CompletableFuture<HttpResponse> slow = new CompletableFuture<>();
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        router.add("GET", "/slow", request -> {
            waiting.complete(null);
            return slow;
        });
        router.add("GET", "/fast", request -> done(HttpResponse.text(200, "second")));
        start();
        try (Socket socket = connect()) {
            write(socket, get("/slow", "") + get("/fast", "") + get("/fast", "Connection: close\r\n"));
            waiting.get(30, TimeUnit.SECONDS);
            slow.complete(HttpResponse.text(200, "first"));
            String answers = readAll(socket);
            assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(4);
            assertThat(answers.indexOf("first")).isPositive().isLessThan(answers.indexOf("second"));
        }
    }

    @Test
    void aConnectionThatWasAnsweredOnTheIoThreadTakesItsNextRequest() throws Exception {
        router.add("GET", "/page", request -> done(HttpResponse.text(200, "page")));
        start();
        try (Socket socket = connect()) {
            for (int i = 0; i < 3; i++) {
                write(socket, get("/page", ""));
                readUntil(socket, "\r\n\r\npage");
            }
        }
    }

    @Test
    void headIsAnsweredByGetWithoutItsBody() throws Exception {
        router.add("GET", "/page", request -> done(HttpResponse.text(200, "12345")));
        start();
        assertThat(ask("HEAD /page HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
                .containsIgnoringCase("content-length: 5")
                .endsWith("\r\n\r\n");
    }

    @Test
    void aChunkedBodyArrivesWhole() throws Exception {
        router.add("POST", "/", request -> done(new HttpResponse(200, java.util.Map.of(), request.body())));
        start();
        assertThat(
                        ask(
                                "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
                .endsWith("\r\n\r\nabcde");
    }

    @Test
    void whatIsWrongIsRefusedAsAProblemDocument() throws Exception {
        router.add("GET", "/page", request -> done(HttpResponse.text(200, "")));
        start(HttpConfig.local().withBounds(new DataSize(1024), new DataSize(100), 10), direct);
        assertThat(ask(get("/none", "Connection: close\r\n")))
                .startsWith("HTTP/1.1 404")
                .contains("application/problem+json")
                .contains("urn:holdfast:problem:not-found")
                .contains("\"status\":404");
        assertThat(ask("POST /page HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 405")
                .containsIgnoringCase("allow: GET, HEAD");
        assertThat(ask(get("/page", "X: " + "a".repeat(2000) + "\r\n"))).startsWith("HTTP/1.1 431");
        assertThat(ask(get("/" + "a".repeat(2000), ""))).startsWith("HTTP/1.1 414");
        assertThat(ask("POST /page HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(ask("POST /page HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" + "a".repeat(128)
                        + "\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(ask("GET /page HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400").contains("Host");
        assertThat(
                        ask(
                                "POST /page HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(ask(get("/%zz", ""))).startsWith("HTTP/1.1 400").contains("percent");
        assertThat(ask(get("/a/../page", ""))).startsWith("HTTP/1.1 400").contains("dot segments");
        assertThat(ask("\u0016\u0003\u0001 nonsense\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void failuresOfHandlersBecomeProblemsWithTheirStatus() throws Exception {
        router.add("GET", "/busy", request -> {
            throw new OverloadedException("the queue is full", Duration.ofMillis(1500));
        });
        router.add(
                "GET",
                "/gone",
                request -> CompletableFuture.failedFuture(new UnavailableException("no instance of \"x\"\n")));
        router.add(
                "GET", "/late", request -> CompletableFuture.failedFuture(new DeadlineExceededException("too late")));
        router.add("GET", "/denied", request -> CompletableFuture.failedFuture(new AccessDeniedException("not you")));
        router.add("GET", "/bug", request -> {
            throw new IllegalStateException("a test's handler throws this on purpose: secret detail");
        });
        start();
        assertThat(ask(get("/busy", "Connection: close\r\n")))
                .startsWith("HTTP/1.1 503")
                .contains("Retry-After: 2")
                .contains("X-Not-Applied: true");
        assertThat(ask(get("/gone", "Connection: close\r\n")))
                .startsWith("HTTP/1.1 503")
                .contains("no instance of \\\"x\\\"\\n");
        assertThat(ask(get("/late", "Connection: close\r\n"))).startsWith("HTTP/1.1 504");
        assertThat(ask(get("/denied", "Connection: close\r\n"))).startsWith("HTTP/1.1 403");
        assertThat(ask(get("/bug", "Connection: close\r\n")))
                .startsWith("HTTP/1.1 500")
                .doesNotContain("secret detail");
    }

    @Test
    void aHandlerThatAnswersWithNothingOrBreaksWithAnErrorIs500AtOnce() throws Exception {
        router.add("GET", "/no-stage", request -> null);
        router.add("GET", "/null", request -> CompletableFuture.completedFuture(null));
        router.add("GET", "/later-error", request -> CompletableFuture.failedFuture(new StackOverflowError("deep")));
        router.add("GET", "/error", request -> {
            throw new NoClassDefFoundError("a/B");
        });
        start();
        for (String path : List.of("/no-stage", "/null", "/later-error", "/error")) {
            assertThat(ask(get(path, "Connection: close\r\n")))
                    .as(path)
                    .startsWith("HTTP/1.1 500")
                    .contains("application/problem+json")
                    .contains("urn:holdfast:problem:internal");
        }
    }

    @Test
    void aHeaderThatTricklesInIsCutOff() throws Exception {
        start(HttpConfig.local().withTimeouts(SHORT, LONG, LONG, LONG), direct);
        assertThat(ask("GET /page HTTP/1.1\r\nHos")).startsWith("HTTP/1.1 408");
    }

    @Test
    void aBodyThatTricklesInIsCutOff() throws Exception {
        start(HttpConfig.local().withTimeouts(LONG, SHORT, LONG, LONG), direct);
        assertThat(ask("POST /page HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"))
                .startsWith("HTTP/1.1 408");
    }

    @Test
    void aHandlerThatNeverAnswersIsGivenUp() throws Exception {
        router.add("GET", "/never", request -> new CompletableFuture<>());
        start(HttpConfig.local().withTimeouts(LONG, LONG, SHORT, LONG), direct);
        assertThat(ask(get("/never", ""))).startsWith("HTTP/1.1 503");
    }

    @Test
    void aHandlerThatIsGivenUpHasItsStageCancelled() throws Exception {
        CompletableFuture<HttpResponse> tooLate = new CompletableFuture<>();
        router.add("GET", "/never", request -> tooLate);
        start(HttpConfig.local().withTimeouts(LONG, LONG, SHORT, LONG), direct);
        assertThat(ask(get("/never", ""))).startsWith("HTTP/1.1 503");
        await().until(tooLate::isCancelled);
    }

    @Test
    void aClientThatLeavesCancelsTheStageOfItsRequest() throws Exception {
        CompletableFuture<HttpResponse> unwanted = new CompletableFuture<>();
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        router.add("GET", "/never", request -> {
            waiting.complete(null);
            return unwanted;
        });
        start();
        try (Socket socket = connect()) {
            write(socket, get("/never", ""));
            waiting.get(30, TimeUnit.SECONDS);
            socket.setSoLinger(
                    true, 0); // a reset: nothing is read while a request is handled, so a mere end is not seen
        }
        await().until(unwanted::isCancelled);
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        start(HttpConfig.local().withTimeouts(LONG, LONG, LONG, SHORT), direct);
        try (Socket socket = connect()) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void oneConnectionTooManyIsToldSo() throws Exception {
        router.add("GET", "/page", request -> done(HttpResponse.text(200, "")));
        start(HttpConfig.local().withBounds(new DataSize(1024), new DataSize(100), 1), direct);
        try (Socket first = connect()) {
            write(first, get("/page", ""));
            assertThat(first.getInputStream().read()).isEqualTo('H');
            try (Socket second = connect()) {
                assertThat(readAll(second)).startsWith("HTTP/1.1 503");
            }
        }
    }

    @Test
    void anExecutorThatRejectsIs503() throws Exception {
        router.add("GET", "/page", request -> done(HttpResponse.text(200, "")));
        start(HttpConfig.local(), task -> {
            throw new RejectedExecutionException();
        });
        assertThat(ask(get("/page", "Connection: close\r\n")))
                .startsWith("HTTP/1.1 503")
                .contains("Retry-After: 1");
    }

    @Test
    void drainingFinishesWhatRunsAndTakesNoMore() throws Exception {
        CompletableFuture<HttpResponse> slow = new CompletableFuture<>();
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        router.add("GET", "/slow", request -> {
            waiting.complete(null);
            return slow;
        });
        start();
        Address address = server.address();
        try (Socket socket = connect()) {
            write(socket, get("/slow", ""));
            waiting.get(30, TimeUnit.SECONDS);
            var drained = server.drain(LONG).toCompletableFuture();
            slow.complete(HttpResponse.text(200, "finished"));
            assertThat(readAll(socket))
                    .containsIgnoringCase("connection: close")
                    .endsWith("finished");
            drained.get(30, TimeUnit.SECONDS);
            assertThatThrownBy(() -> new Socket(address.host(), address.port())).isInstanceOf(ConnectException.class);
        }
    }

    private static CompletableFuture<HttpResponse> done(HttpResponse response) {
        return CompletableFuture.completedFuture(response);
    }

    private static String get(String path, String headers) {
        return "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(server.address().host(), server.address().port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private String ask(String request) throws IOException {
        try (Socket socket = connect()) {
            write(socket, request);
            return readAll(socket);
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static void readUntil(Socket socket, String end) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith(end)) {
            int next = socket.getInputStream().read();
            assertThat(next).as("the answer so far: %s", answer).isNotNegative();
            answer.append((char) next);
        }
    }

    private static String readAll(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
}
