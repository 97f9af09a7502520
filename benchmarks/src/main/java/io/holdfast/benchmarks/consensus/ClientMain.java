package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.run.OpenLoop;
import io.holdfast.benchmarks.run.ParentLines;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The client's JVM. Lines of the driver: {@code connect <leader> <away>}; {@code preload <keys>}; {@code load <workload> <clients> <warm ms> <ms>}; {@code write <per second>} begins an open loop,
 * {@code mark true} and {@code mark false} tell apart two kinds of time in it, {@code latencies} asks for both, {@code settled} says that its gaps count from now, {@code killed} that the leader has just died, {@code stop} ends it and asks for its outcome.
 */
final class ClientMain {
    private static final Duration PRELOAD_LIMIT = Duration.ofSeconds(300);

    private final Environment environment;
    private final KvPeer peer;
    private final List<NodePorts> nodes;
    private @Nullable KvClient client;
    private Gaps gaps = new Gaps();
    private @Nullable OpenLoop loop;
    private @Nullable PacedWrites writes;
    private long settledNanos;
    private long killedNanos;

    private ClientMain(Environment environment, KvPeer peer, List<NodePorts> nodes) {
        this.environment = environment;
        this.peer = peer;
        this.nodes = nodes;
    }

    /** Arguments: peer, ports of all nodes. */
    public static void main(String[] arguments) throws Exception {
        try (Environment environment = Environment.system()) {
            ClientMain main = new ClientMain(environment, Peers.named(arguments[0]), NodePorts.parse(arguments[1]));
            ParentLines parent = new ParentLines();
            ParentLines.say("ready");
            for (String line = parent.next(); line != null; line = parent.next()) {
                main.obey(line.split(" ", -1));
            }
        } catch (Exception e) {
            LoggerFactory.getLogger(ClientMain.class).error("the client ends", e);
        }
        Runtime.getRuntime().halt(0); // the run is over, and some peers leave threads behind
    }

    private void obey(String[] words) throws Exception {
        switch (words[0]) {
            case "connect" -> connect(Integer.parseInt(words[1]), Boolean.parseBoolean(words[2]));
            case "preload" -> {
                new Preload(environment, connected(), Integer.parseInt(words[1])).run(PRELOAD_LIMIT);
                ParentLines.say("loaded");
            }
            case "load" ->
                ParentLines.say("measured "
                        + new ClosedLoop(environment, connected(), Workload.of(words[1]), Integer.parseInt(words[2]))
                                .run(
                                        Duration.ofMillis(Long.parseLong(words[3])),
                                        Duration.ofMillis(Long.parseLong(words[4])))
                                .line());
            case "write" -> write(Integer.parseInt(words[1]));
            case "mark" -> marked().mark(Boolean.parseBoolean(words[1]));
            case "latencies" -> ParentLines.say("latencies " + marked().line());
            case "settled" -> settledNanos = environment.clock().nanoTime();
            case "killed" -> killedNanos = environment.clock().nanoTime();
            case "stop" -> stop();
            default -> throw new IllegalArgumentException("line (" + words[0] + ") is not known");
        }
    }

    private void connect(int leader, boolean away) throws Exception {
        if (client != null) {
            client.close();
        }
        client = peer.connect(new ClientPlan(nodes, leader, away));
        ParentLines.say("connected");
    }

    private void write(int perSecond) {
        gaps = new Gaps();
        PacedWrites paced = new PacedWrites(environment, connected(), gaps);
        OpenLoop started = new OpenLoop(environment, perSecond, PacedWrites.MAX_WAITING, paced);
        writes = paced;
        loop = started;
        environment.threads().start("open-loop", started);
    }

    private void stop() {
        if (loop == null) {
            throw new IllegalStateException("stop needs a loop; tell write first");
        }
        loop.stop();
        ParentLines.say("outcome "
                + gaps.between(settledNanos, killedNanos, environment.clock().nanoTime())
                        .line());
    }

    private PacedWrites marked() {
        if (writes == null) {
            throw new IllegalStateException("a mark needs a loop; tell write first");
        }
        return writes;
    }

    private KvClient connected() {
        if (client == null) {
            throw new IllegalStateException("a load needs a client; tell connect first");
        }
        return client;
    }
}
