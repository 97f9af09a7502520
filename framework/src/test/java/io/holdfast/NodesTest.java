package io.holdfast;

import static io.holdfast.CatalogNodes.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.CatalogNodes.Catalog;
import io.holdfast.CatalogNodes.CatalogService;
import io.holdfast.CatalogNodes.Title;
import io.holdfast.circuitbreaker.Fallback;
import io.holdfast.circuitbreaker.Retry;
import io.holdfast.circuitbreaker.Timeout;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.service.RemoteService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls of services on three real nodes in one JVM, and what may be hosted. */
class NodesTest {
    private static CatalogNodes nodes;
    private static Catalog catalog;

    @BeforeAll
    static void startThree() {
        nodes = CatalogNodes.start();
        catalog = nodes.client();
    }

    @AfterAll
    static void closeAll() {
        nodes.close();
    }

    @Test
    void callsOfEachKindAreAnsweredAndSpreadOverTheInstances() throws Exception {
        Set<String> servers = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 100; i++) {
            Title title = catalog.find("tt" + i);
            assertThat(title.id()).isEqualTo("tt" + i);
            servers.add(title.servedBy());
            servers.add(catalog.later("x").toCompletableFuture().join().servedBy());
            servers.add(catalog.direct("x").toCompletableFuture().join().servedBy());
        }
        assertThat(servers).containsExactlyInAnyOrder("a", "b", "c");
        int before = CatalogService.touched.get();
        catalog.touch("tt1");
        assertThat(CatalogService.touched.get()).isEqualTo(before + 1);
        assertThat(catalog.popular("u")).containsExactly("popular", "u");
    }

    @Test
    void aFallbackAnswersForACallThatFailed() {
        assertThat(catalog.recommend("eve")).containsExactly("popular", "eve");
    }

    @Test
    void theContextTravelsWithTheCall() throws Exception {
        Map<String, String> seen = CallContext.EMPTY.withCorrelationId("req-8").call(() -> catalog.context());
        assertThat(seen).containsEntry("id", "req-8").containsEntry("bounded", "true");
    }

    @Test
    void aClientOfOneNodeCallsThatNodeOnly() throws Exception {
        Catalog onlyB = nodes.node(0).client(Catalog.class, NodeId.of("b"));
        for (int i = 0; i < 10; i++) {
            assertThat(onlyB.find("x").servedBy()).isEqualTo("b");
        }
        assertThatThrownBy(() ->
                        nodes.node(0).client(Catalog.class, NodeId.of("nobody")).touch("x"))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("catalog has no ready instance on node nobody (");
    }

    @RemoteService("catalog")
    interface NewerCatalog {
        String added(String text);
    }

    @Test
    void aMethodThatNoInstanceHasIsNotSentAndTheRecorderSaysWhy() {
        NewerCatalog newer = nodes.node(0).client(NewerCatalog.class);
        assertThatThrownBy(() -> newer.added("x"))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("ready instances, and none has the method added(java.lang.String)")
                .hasMessageContaining("deploy the service before its callers");
        assertThat(nodes.node(0).telemetry().recorder().entries())
                .anySatisfy(e -> assertThat(e.decision()).contains("their contract lacks added(java.lang.String)"));
    }

    @RemoteService("shop")
    interface BadPolicies {
        @Retry(maxRetries = 2)
        String notIdempotent();

        @Fallback(method = "gone")
        String noFallback();

        @Timeout("3 bananas")
        String noDuration();
    }

    @Test
    void mistakesInAnnotationsFailWhenTheClientIsMade() {
        assertThatThrownBy(() -> nodes.node(0).client(BadPolicies.class))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContainingAll(
                        "notIdempotent", "@Idempotent", "noFallback", "gone", "noDuration", "3 bananas");
    }

    @Test
    void aServiceIsHostedOnceOnANode() {
        assertThatThrownBy(() -> nodes.node(0).host(new CatalogService("again")))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining("service catalog is hosted by node a already");
    }

    @RemoteService("twin")
    interface Twin {
        String one();
    }

    @RemoteService("twin")
    interface OtherTwin {
        String two();
    }

    static final class BothTwins implements Twin, OtherTwin {
        @Override
        public String one() {
            return "one";
        }

        @Override
        public String two() {
            return "two";
        }
    }

    @Test
    void twoContractsOfOneNameAreRefusedOnOneNodeAndNeitherIsHosted() {
        assertThatThrownBy(() -> nodes.node(0).host(new BothTwins()))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContainingAll("service twin is hosted by node a already", "another name in @RemoteService");
        nodes.node(0).host((Twin) () -> "one");
        assertThatThrownBy(() -> nodes.node(0).host((OtherTwin) () -> "two"))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining("another name in @RemoteService");
        assertThat(nodes.node(0).client(Twin.class).one()).isEqualTo("one");
    }

    @Test
    void aTakenPortAndATypoFailTheStartWithTheFix() {
        assertThatThrownBy(() -> Holdfast.node("d")
                        .bind("127.0.0.1", nodes.node(0).address().port())
                        .start())
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining(Integer.toString(nodes.node(0).address().port()));
        assertThatThrownBy(
                        () -> Holdfast.node("d").set("holdfast.node.zoen", "a").start())
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("holdfast.node.zone");
        assertThatThrownBy(() -> Holdfast.node("d").bind("0.0.0.0", 0).start())
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("insecure");
    }

    @Test
    void aGracefulLeaveUnderLoadLosesNoCallAndAKillLosesNoIdempotentOne() throws Exception {
        HoldfastNode leaver = nodes.join("leaver");
        HoldfastNode victim = nodes.join("victim");
        Catalog caller = nodes.node(0).client(Catalog.class);
        CatalogNodes.awaitCatalogs(nodes.node(0), 5);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger calls = new AtomicInteger();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> load = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            load.add(CompletableFuture.runAsync(
                    () -> {
                        while (!stop.get()) {
                            try {
                                caller.find("load");
                                calls.incrementAndGet();
                            } catch (Exception e) {
                                failures.add(e);
                            }
                        }
                    },
                    task -> {
                        Thread thread = new Thread(task, "load");
                        thread.setDaemon(true);
                        thread.start();
                    }));
        }
        await().atMost(LIMIT).until(() -> calls.get() > 200);
        leaver.close();
        int afterLeave = calls.get();
        await().atMost(LIMIT).until(() -> calls.get() > afterLeave + 200);
        assertThat(failures).as("after a graceful leave").isEmpty();
        victim.abandon();
        int afterKill = calls.get();
        await().atMost(LIMIT).until(() -> calls.get() > afterKill + 200);
        stop.set(true);
        for (CompletableFuture<Void> one : load) {
            one.get(10, TimeUnit.SECONDS);
        }
        assertThat(failures).as("after a kill").isEmpty();
    }
}
