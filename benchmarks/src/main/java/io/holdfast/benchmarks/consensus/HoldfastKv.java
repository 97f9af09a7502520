package io.holdfast.benchmarks.consensus;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.NodeBuilder;
import io.holdfast.consensus.ReplicatedMap;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Three nodes with a replica each, and the client as a fourth node without one: a map as an application has it. */
final class HoldfastKv implements KvPeer {
    private static final Duration READY = Duration.ofSeconds(30);

    /** Longer than a run: else the client's node takes the seat of a voter that is dead. */
    private static final String REPLACE_AFTER = "1h";

    /** Names of client nodes: each is a new member, so that nobody takes it for the one that has just left. */
    private final AtomicInteger clients = new AtomicInteger();

    @Override
    public String settings() {
        return "write: fsync on a majority (Ratis' default, never off); read: LINEARIZABLE by the term probe; the"
                + " client is a fourth node without a replica; one map, String to byte[]; dead voters keep their seats for"
                + " "
                + REPLACE_AFTER + "; otherwise defaults";
    }

    @Override
    public KvNode serve(NodePlan plan) {
        NodeBuilder builder = node(
                        "n" + plan.index(),
                        plan.nodes().stream().mapToInt(NodePorts::peers).toArray())
                .bind(NodePorts.HOST, plan.own().peers())
                .expect(plan.nodes().size())
                .dataDir(plan.directory());
        return new Node(builder.start(), plan.nodes().size(), HttpClient.newHttpClient());
    }

    static NodeBuilder node(String id, int[] ports) {
        String[] seeds = new String[ports.length];
        for (int i = 0; i < ports.length; i++) {
            seeds[i] = NodePorts.HOST + ":" + ports[i];
        }
        return Holdfast.node(id).seeds(seeds).consensus(true).set("holdfast.consensus.replace-after", REPLACE_AFTER);
    }

    /** Asks the admin page, as an operator does. */
    private record Node(HoldfastNode node, int voters, HttpClient http) implements KvNode {
        private static final Pattern VOTER = Pattern.compile("\"n\\d+#");
        private static final Pattern BYTES = Pattern.compile("\"bytes\":(\\d+)");
        private static final Pattern TERM = Pattern.compile("\"term\":(\\d+)");

        @Override
        public Role role() throws IOException, InterruptedException {
            String text = page();
            boolean seated = VOTER.matcher(text).results().count() == voters + 1; // and the replica itself
            if (!seated || text.contains("\"leader\":null")) {
                return Role.ALONE;
            }
            if (text.contains("\"role\":\"LEADER\"")) {
                return text.contains("\"ready\":true") ? Role.LEADER : Role.ALONE;
            }
            return text.contains("\"role\":\"FOLLOWER\"") ? Role.FOLLOWER : Role.ALONE;
        }

        @Override
        public long term() throws IOException, InterruptedException {
            return TERM.matcher(page())
                    .results()
                    .mapToLong(found -> Long.parseLong(found.group(1)))
                    .max()
                    .orElse(0);
        }

        @Override
        public long backup() throws IOException, InterruptedException {
            URI page = node.admin().resolve("/admin/consensus/backup");
            String answer = http.send(
                            HttpRequest.newBuilder(page)
                                    .POST(HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            Matcher bytes = BYTES.matcher(answer);
            if (!bytes.find()) {
                throw new IOException("no backup was taken: " + answer);
            }
            return Long.parseLong(bytes.group(1));
        }

        private String page() throws IOException, InterruptedException {
            URI page = node.admin().resolve("/admin/consensus");
            return http.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }

        @Override
        public void close() {
            node.close();
        }
    }

    @Override
    public KvClient connect(ClientPlan plan) {
        HoldfastNode node = node(
                        "client-" + clients.incrementAndGet(),
                        plan.nodes().stream().mapToInt(NodePorts::peers).toArray())
                .expect(plan.nodes().size())
                .start()
                .awaitReady(READY);
        return new Client(node, node.map("bench", String.class, byte[].class));
    }

    private record Client(HoldfastNode node, ReplicatedMap<String, byte[]> map) implements KvClient {
        @Override
        public void put(byte[] key, byte[] value, KvAnswer answer) {
            answer.follow(map.putAsync(text(key), value).thenApply(written -> NOTHING));
        }

        @Override
        public void get(byte[] key, KvAnswer answer) {
            answer.follow(map.getAsync(text(key)).thenApply(found -> found.orElse(NOTHING)));
        }

        private static String text(byte[] key) {
            return new String(key, StandardCharsets.US_ASCII);
        }

        @Override
        public void close() {
            node.close();
        }
    }
}
