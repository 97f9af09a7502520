package io.holdfast;

import static io.holdfast.CatalogNodes.LIMIT;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.CatalogNodes.Catalog;
import io.holdfast.CatalogNodes.NoSuchTitle;
import io.holdfast.core.call.CallContext;
import io.holdfast.transport.http.HttpResponse;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The HTTP gateway of a node. */
class GatewayTest {
    private static CatalogNodes nodes;

    @BeforeAll
    static void startThree() {
        nodes = CatalogNodes.start();
    }

    @AfterAll
    static void closeAll() {
        nodes.close();
    }

    @Test
    void theGatewayCallsServicesInTheContextOfTheRequest() throws Exception {
        HoldfastNode node = nodes.node(1);
        Catalog client = node.client(Catalog.class);
        node.http(routes -> routes.get("/titles/{id}", request -> {
                    try {
                        return CompletableFuture.completedFuture(HttpResponse.text(
                                200,
                                client.find(request.pathParameter("id")).id()
                                        + client.context().get("id")));
                    } catch (NoSuchTitle e) {
                        return CompletableFuture.completedFuture(HttpResponse.text(404, e.id()));
                    }
                })
                .get("/broken", request -> {
                    throw new IllegalStateException("secret");
                }));
        var response = HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(node.gateway().resolve("/titles/tt9"))
                                .header("X-Correlation-Id", "mine")
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
        assertThat(response.body()).isEqualTo("tt9mine");
        assertThat(response.headers().firstValue("X-Correlation-Id")).hasValue("mine");
        assertThat(get(node.gateway(), "/titles/missing").statusCode()).isEqualTo(404);
        var broken = get(node.gateway(), "/broken");
        assertThat(broken.statusCode()).isEqualTo(500);
        assertThat(broken.body()).contains("urn:holdfast:problem:").doesNotContain("secret");
    }

    private static java.net.http.HttpResponse<String> get(URI base, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(base.resolve(path)).build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aGatewayTimeoutLongerThanAnyDefaultIsTheDeadlineOfItsRequests() throws Exception {
        try (HoldfastNode patient = Holdfast.node("patient")
                .set("holdfast.gateway.timeout", "2m")
                .start()
                .awaitReady(LIMIT)) {
            patient.http(routes -> routes.get(
                    "/left",
                    request -> CompletableFuture.completedFuture(HttpResponse.text(
                            200,
                            Long.toString(TimeUnit.NANOSECONDS.toSeconds(
                                    CallContext.current().deadline().nanos() - System.nanoTime()))))));
            long left = Long.parseLong(get(patient.gateway(), "/left").body());
            assertThat(left).as("seconds").isBetween(61L, 120L);
        }
    }

    @Test
    void aClientThatGoesInterruptsTheHandlerOrCancelsTheFutureThatItReturned() throws Exception {
        HoldfastNode node = nodes.node(2);
        CountDownLatch begun = new CountDownLatch(2);
        CompletableFuture<HttpResponse> interrupted = new CompletableFuture<>();
        CompletableFuture<HttpResponse> never = new CompletableFuture<>();
        node.http(routes -> routes.get("/blocks", request -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.complete(HttpResponse.text(200, "stopped"));
                    }
                    return interrupted;
                })
                .get("/never", request -> {
                    begun.countDown();
                    return never;
                }));
        try (Socket one = ask(node.gateway(), "/blocks");
                Socket two = ask(node.gateway(), "/never")) {
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(interrupted.isDone() || never.isDone()).isFalse();
        }
        interrupted.get(5, TimeUnit.SECONDS); // before the deadline, which is 10 s
        await().atMost(Duration.ofSeconds(5)).until(never::isCancelled);
    }

    private static Socket ask(URI base, String path) throws IOException {
        Socket socket = new Socket(base.getHost(), base.getPort());
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(US_ASCII));
        return socket;
    }
}
