package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.env.Environment;
import io.holdfast.testkit.cluster.ProcessCluster;
import io.holdfast.testkit.cluster.ProcessNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@link Holdfast#run} in real processes: how a program ends that cannot start, and one that is told to stop. */
@DisabledOnOs(OS.WINDOWS)
class ProgramTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int CALLERS = 4;

    @TempDir
    Path folder;

    private ProcessCluster cluster;

    @BeforeEach
    void open() {
        cluster = ProcessCluster.in(folder);
    }

    @AfterEach
    void killAll() {
        cluster.close();
    }

    private ProcessNode shop(String name, String... arguments) {
        int admin = cluster.freePort();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--holdfast.node.id=" + name);
        all.add("--holdfast.admin.port=" + admin);
        return cluster.node(name, ShopMain.class)
                .arguments(all.toArray(String[]::new))
                .jvmOptions(
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"),
                        "-Dtest.log.level=INFO")
                .admin(URI.create("http://127.0.0.1:" + admin))
                .start();
    }

    private void assertRefused(ProcessNode node, String... parts) {
        assertThat(node.awaitExit(LIMIT)).as("exit status").isEqualTo(1);
        String output = String.join("\n", node.output());
        assertThat(output).contains("the node cannot start: ").contains(parts);
        assertThat(output).doesNotContain("Exception").doesNotContain("\tat ");
    }

    @Test
    void aProgramThatCannotStartSaysWhyInAMessageAndEndsWithStatusOne() throws IOException {
        Path typo = Files.writeString(folder.resolve("typo.yaml"), "holdfast:\n  node:\n    zoen: a\n");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            ProcessNode port = shop("port", "--holdfast.node.bind=127.0.0.1:" + taken.getLocalPort());
            ProcessNode file = shop("file", "--config=" + folder.resolve("gone.yaml"));
            assertRefused(port, Integer.toString(taken.getLocalPort()));
            assertRefused(file, "gone.yaml");
        }
        Holdfast.node("keeper").dataDir(folder.resolve("kept")).start().close();
        ProcessNode directory = shop("other", "--holdfast.node.data-dir=" + folder.resolve("kept"));
        ProcessNode seed = shop("seed", "--holdfast.node.seeds=127.0.0.1");
        assertRefused(directory, "belongs to node keeper, not to other", "holdfast.node.data-dir");
        assertRefused(seed, "holdfast.node: seeds (127.0.0.1)", "host:port");
        ProcessNode key = shop("key", "--config=" + typo);
        ProcessNode flag = shop("flag", "--zone=a");
        assertRefused(key, "typo.yaml:3", "holdfast.node.zone");
        assertRefused(flag, "flag (--zone=a)", "--holdfast.node.zone=a");
    }

    @Test
    void nodesThatAreToldToStopOneByOneUnderLoadLoseNoCall() throws Exception {
        try (Environment environment = Environment.system();
                HoldfastNode caller = Holdfast.node("caller").start().awaitReady(LIMIT)) {
            List<ProcessNode> shops = new ArrayList<>();
            for (String name : List.of("shop-1", "shop-2")) {
                shops.add(shop(
                        name,
                        "--holdfast.node.bind=127.0.0.1:" + cluster.freePort(),
                        "--holdfast.node.data-dir=" + folder.resolve(name + "-data"),
                        "--holdfast.node.seeds=" + caller.address()));
            }
            await().atMost(LIMIT).until(() -> ready(caller) == 2);
            Load load = new Load(caller.client(ShopMain.Shop.class), environment);
            for (ProcessNode shop : shops) {
                load.awaitMore();
                shop.terminate();
                assertThat(shop.awaitExit(LIMIT)).isEqualTo(143);
                assertThat(shop.output()).anyMatch(line -> line.contains("node " + shop.name() + " has left"));
                assertThat(caller.membership().member(NodeId.of(shop.name())))
                        .as("a goodbye, not a death")
                        .hasValueSatisfying(member -> assertThat(member.state()).isEqualTo(MemberState.LEFT));
                load.awaitMore();
                shop.restart();
                await().atMost(LIMIT).until(() -> ready(caller) == 2);
            }
            load.awaitMore();
            load.stop();
            assertThat(load.failures)
                    .as("failed calls of a method that is not idempotent")
                    .isEmpty();
        }
    }

    private static long ready(HoldfastNode caller) {
        return caller.services().instances(io.holdfast.core.ServiceName.of("shop")).stream()
                .filter(instance -> instance.ready())
                .count();
    }

    /** Callers that never pause. */
    private static final class Load {
        private final AtomicInteger calls = new AtomicInteger();
        private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        private final CountDownLatch ended = new CountDownLatch(CALLERS);
        private volatile boolean stopped;

        Load(ShopMain.Shop shop, Environment environment) {
            for (int i = 0; i < CALLERS; i++) {
                environment.threads().start("load-" + i, () -> run(shop));
            }
        }

        private void run(ShopMain.Shop shop) {
            while (!stopped && failures.size() < 10) {
                try {
                    assertThat(shop.buy("bread")).isEqualTo("sold bread");
                    calls.incrementAndGet();
                } catch (RuntimeException | AssertionError e) {
                    failures.add(e);
                }
            }
            ended.countDown();
        }

        void awaitMore() {
            int before = calls.get();
            await().atMost(LIMIT).until(() -> calls.get() > before + 200 || !failures.isEmpty());
        }

        void stop() throws InterruptedException {
            stopped = true;
            ended.await();
        }
    }
}
