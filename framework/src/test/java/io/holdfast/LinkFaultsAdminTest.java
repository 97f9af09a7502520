package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.ServiceName;
import io.holdfast.core.config.ConfigurationException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The fault point of the wire behind the admin endpoint. */
class LinkFaultsAdminTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();

    private HttpResponse<String> ask(HoldfastNode node, String method, String path) throws Exception {
        URI uri = node.admin().resolve(path);
        return http.send(
                HttpRequest.newBuilder(uri)
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void aLinkIsCutAndHealedWhereFaultInjectionIsOn() throws Exception {
        try (HoldfastNode a = Holdfast.node("a")
                        .callTimeout(Duration.ofMillis(300))
                        .set("holdfast.transport.fault-injection", "true")
                        .start()
                        .awaitReady(LIMIT);
                HoldfastNode b =
                        Holdfast.node("b").seeds(a.address().toString()).start().awaitReady(LIMIT)) {
            b.host((ShopMain.Shop) what -> "sold " + what);
            a.services()
                    .awaitInstances(ServiceName.of("shop"), 1, LIMIT)
                    .toCompletableFuture()
                    .join();
            ShopMain.Shop shop = a.client(ShopMain.Shop.class);
            assertThat(shop.buy("tea")).isEqualTo("sold tea");
            assertThat(ask(a, "PUT", "/admin/links/b?cut=true").body()).contains("\"from\":\"b\",\"cut\":true");
            assertThatThrownBy(() -> shop.buy("tea")).isInstanceOf(HoldfastException.class);
            assertThat(ask(a, "PUT", "/admin/links/b?delay=5ms").body()).contains("\"delay\":\"5ms\"");
            assertThat(ask(a, "PUT", "/admin/links/b").statusCode()).isEqualTo(400);
            assertThat(ask(a, "DELETE", "/admin/links").body()).contains("\"links\":[]");
            await().atMost(LIMIT)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(shop.buy("tea")).isEqualTo("sold tea"));
            assertThat(ask(b, "PUT", "/admin/links/a?cut=true").statusCode())
                    .as("b was started without fault injection")
                    .isEqualTo(404);
        }
    }

    @Test
    void faultInjectionIsRefusedBeyondLoopback() {
        assertThatThrownBy(() -> Holdfast.node("a")
                        .bind("0.0.0.0", 0)
                        .advertise("127.0.0.1", 7946)
                        .set("holdfast.node.insecure", "true")
                        .set("holdfast.transport.fault-injection", "true")
                        .start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("fault-injection (true)")
                .hasMessageContaining("loopback");
    }
}
