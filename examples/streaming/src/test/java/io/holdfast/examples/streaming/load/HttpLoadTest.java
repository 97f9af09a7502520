package io.holdfast.examples.streaming.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpLoadTest {
    private final Environment env = Environment.system();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestURI().getPath().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        env.close();
    }

    private static Shot shot(String expected) {
        return Shot.of("home", "GET", "/home", "token", answer -> {
            String body = new String(answer.body(), StandardCharsets.UTF_8);
            return body.equals(expected) ? Optional.empty() : Optional.of("the body is " + body);
        });
    }

    private LoadReport run(List<InetSocketAddress> gateways, Shot shot, int rate, Duration duration) {
        return new HttpLoad(gateways, n -> shot, true, env.clock()).run(rate, duration);
    }

    @Test
    void sendsAsManyRequestsAsTheRateSaysAndFindsThemAnswered() {
        LoadReport report = run(List.of(server.getAddress()), shot("/home"), 500, Duration.ofMillis(500));
        assertThat(report.requests()).isEqualTo(250);
        assertThat(report.failed()).isZero();
        assertThat(report.retried()).isZero();
        assertThat(report.p50Millis()).isPositive().isLessThanOrEqualTo(report.p99Millis());
    }

    @Test
    void countsAWrongAnswerAsFailedAndSaysWhatWasWrong() {
        LoadReport report = run(List.of(server.getAddress()), shot("/else"), 100, Duration.ofMillis(200));
        assertThat(report.failed()).isEqualTo(20);
        assertThat(report.failures()).singleElement().satisfies(group -> {
            assertThat(group.cause()).startsWith("wrong answer at gateway ");
            assertThat(group.count()).isEqualTo(20);
            assertThat(group.example()).isEqualTo("the body is /home");
        });
        assertThat(report.longestGapMillis()).isPositive();
    }

    @Test
    void triesOneOtherGatewayWhenAConnectionIsRefused() throws IOException {
        InetSocketAddress closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        }
        LoadReport report = run(List.of(server.getAddress(), closed), shot("/home"), 200, Duration.ofMillis(500));
        assertThat(report.failed()).isZero();
        assertThat(report.retried()).isEqualTo(50);
        LoadReport alone = run(List.of(closed, closed), shot("/home"), 100, Duration.ofMillis(100));
        assertThat(alone.failed()).isEqualTo(10);
    }

    @Test
    void triesOneOtherGatewayWhenAConnectionIsClosedBeforeAnAnswer() throws IOException {
        try (ServerSocket rude = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            env.threads().start("rude", () -> closeAll(rude));
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), rude.getLocalPort());
            LoadReport report = run(List.of(server.getAddress(), address), shot("/home"), 100, Duration.ofMillis(200));
            assertThat(report.failed()).isZero();
            assertThat(report.retried()).isEqualTo(10);
        }
    }

    private static void closeAll(ServerSocket rude) {
        try {
            while (true) {
                try (Socket accepted = rude.accept()) {
                    accepted.getInputStream().read();
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    @Test
    void givesUpOnAGatewayThatNeverAnswers() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), silent.getLocalPort());
            LoadReport report = run(List.of(address), shot("/home"), 20, Duration.ofMillis(100));
            assertThat(report.failed()).isEqualTo(2);
            assertThat(report.failures()).singleElement().satisfies(group -> {
                assertThat(group.cause()).isEqualTo("no answer within 2000 ms at gateway " + silent.getLocalPort());
                assertThat(group.lastSecond()).isGreaterThanOrEqualTo(group.firstSecond());
            });
        }
    }
}
