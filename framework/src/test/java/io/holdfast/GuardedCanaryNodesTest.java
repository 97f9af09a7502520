package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.ServiceName;
import io.holdfast.discovery.outlier.OutlierConfig;
import io.holdfast.discovery.traffic.CanaryConfig;
import io.holdfast.discovery.traffic.CanaryStatus;
import io.holdfast.discovery.traffic.TrafficPolicy;
import io.holdfast.service.RemoteService;
import io.holdfast.service.RemoteServiceException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What objectives and experiments do to calls between nodes: a caller, one node of version 1, one of version 2. */
class GuardedCanaryNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final ServiceName DESK = ServiceName.of("desk");

    @RemoteService("desk")
    interface Desk {
        String ask(String what);
    }

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicBoolean oldFails = new AtomicBoolean();
    private final HoldfastNode caller = Holdfast.node("caller")
            .set("holdfast.chaos.enabled", "true")
            .set("holdfast.client.timeout", "2s")
            .set("holdfast.slo.answers.service", "desk")
            .set("holdfast.slo.answers.availability", "99.9%")
            .start();
    private final HoldfastNode older = server("old", "1");
    private final HoldfastNode newer = server("new", "2");

    private HoldfastNode server(String name, String version) {
        return Holdfast.node(name)
                .set("holdfast.node.version", version)
                .seeds(caller.address().toString())
                .start();
    }

    @BeforeEach
    void host() {
        List.of(caller, older, newer).forEach(node -> node.awaitReady(LIMIT));
        older.host((Desk) what -> {
            asked.incrementAndGet();
            if (oldFails.get()) {
                throw new IllegalStateException("closed");
            }
            return "old";
        });
        newer.host((Desk) what -> {
            asked.incrementAndGet();
            return "new";
        });
        caller.services().awaitInstances(DESK, 2, LIMIT).toCompletableFuture().join();
    }

    @AfterEach
    void close() {
        List.of(caller, newer, older).forEach(HoldfastNode::close);
    }

    @Test
    void anObjectiveThatBurnsRollsBackACanaryThatIsNoWorse() {
        Desk desk = caller.client(Desk.class);
        caller.traffic()
                .update(
                        DESK,
                        TrafficPolicy.DEFAULT
                                .withOutlier(OutlierConfig.OFF)
                                .withCanary(
                                        CanaryConfig.of("2", "1").withSteps(List.of(50, 100), Duration.ofMinutes(20))));
        oldFails.set(true);
        await().atMost(LIMIT).until(() -> {
            try {
                desk.ask("way");
            } catch (RemoteServiceException e) {
                // the old one had it
            }
            return caller.traffic().canary(DESK).orElseThrow().phase() == CanaryStatus.Phase.ROLLED_BACK;
        });
        assertThat(caller.traffic().canary(DESK).orElseThrow().why())
                .contains("the guard says: availability of desk (99.9% answered) burns");
        oldFails.set(false);
        for (int i = 0; i < 20; i++) {
            assertThat(desk.ask("way")).isEqualTo("old");
        }
    }

    @Test
    void aLatencyExperimentMakesCallsBetweenNodesLateAndNothingElse() throws Exception {
        Desk desk = caller.client(Desk.class);
        begin("{name: late, service: desk, fault: latency, delay: 200ms, share: 100%, time-box: 5m, max-nodes: 3}");
        assertThat(desk.ask("way")).isIn("old", "new");
        assertThat(asked).hasValue(1);
        assertThat(caller.chaos().list()).extracting(Chaos.Status::hits).containsExactly(1L);
    }

    @Test
    void aDropExperimentLosesCallsBeforeTheyReachANode() throws Exception {
        Desk desk = caller.client(Desk.class);
        begin("{name: lost, service: desk, fault: drop, share: 100%, time-box: 5m, max-nodes: 3}");
        assertThatThrownBy(() -> desk.ask("way")).isInstanceOf(DeadlineExceededException.class);
        assertThat(asked).hasValue(0);
        send("DELETE", "/admin/chaos/lost", "");
        assertThat(desk.ask("way")).isIn("old", "new");
    }

    private void begin(String experiment) throws Exception {
        HttpResponse<String> started = send("POST", "/admin/chaos?by=ann", experiment);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(201);
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(caller.admin().resolve(path))
                                .method(method, BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
    }
}
