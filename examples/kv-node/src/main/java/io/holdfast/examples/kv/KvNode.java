package io.holdfast.examples.kv;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.core.Address;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.config.Configuration;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One node from the command line. */
@Command(
        name = "kv-node",
        usageHelpWidth = 140, // the commands at its end can be copied
        sortOptions = false,
        description = {
            "Runs one node of a replicated store and serves its primitives over HTTP until it is told to stop (SIGTERM leaves gracefully).",
            ""
        },
        footer = {
            "",
            "Routes:",
            "  GET  /kv/K                    200 value, X-Revision; 404; ?stale=1 reads this node's own replica",
            "  PUT  /kv/K                    200 revision; the body is the value",
            "  POST /kv/K/cas?from=A&to=B    200 or 409; an empty from: only if absent",
            "  GET  /kv?prefix=P             200, a value a line",
            "  POST /counter/K?add=N         200 new value",
            "  GET  /counter/K               200 value",
            "  POST /lock/K?owner=O&ttlMs=N  200 token, 409 held; the owner who holds it gets its token again",
            "  DELETE /lock/K?owner=O&token=T  200, 409 not held so",
            "  POST /queue/K                 200 number; the body is the item",
            "  POST /queue/K/poll            200 value, 204 empty",
            "503 with X-Not-Applied: true was surely not done; any other 5xx, and no answer, has an unknown outcome.",
            "",
            "Three nodes on one machine:",
            "  java -jar kv-node.jar --id a --bind 127.0.0.1:7001 --http 127.0.0.1:8001 --expect 3 --data /tmp/kv-a",
            "  java -jar kv-node.jar --id b --bind 127.0.0.1:7002 --http 127.0.0.1:8002 --expect 3 --data /tmp/kv-b --seeds 127.0.0.1:7001",
            "  java -jar kv-node.jar --id c --bind 127.0.0.1:7003 --http 127.0.0.1:8003 --expect 3 --data /tmp/kv-c --seeds 127.0.0.1:7001"
        })
public final class KvNode implements Callable<Integer> {
    @Option(
            names = "--id",
            required = true,
            paramLabel = "NAME",
            description = "The node's name, unique in the cluster.")
    private String id = "";

    @Option(
            names = "--bind",
            paramLabel = "HOST:PORT",
            description = "Where it listens for other nodes. Default: 127.0.0.1:0, a free port.")
    private @Nullable String bind;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            description = "Where it listens for requests. Default: 127.0.0.1:0, a free port.")
    private @Nullable String http;

    @Option(
            names = "--seeds",
            split = ",",
            paramLabel = "HOST:PORT",
            description = "Nodes to ask for the cluster, with commas between.")
    private List<String> seeds = List.of();

    @Option(
            names = "--expect",
            paramLabel = "N",
            description = "How many nodes form the cluster the first time. Default: 1.")
    private @Nullable Integer expect;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where its replica lives. Without it, in a temporary directory that goes with the node.")
    private @Nullable Path data;

    @Option(
            names = "--backup-dir",
            paramLabel = "DIR",
            description =
                    "Where POST /admin/consensus/backup (at the admin port) puts backups. Without it, none are taken.")
    private @Nullable Path backupDir;

    @Option(
            names = "--restore",
            paramLabel = "FILE",
            description = "A backup that a new cluster begins with; for one node with --expect 1, the others join it.")
    private @Nullable Path restore;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any other setting, for instance --set holdfast.admin.port=9001; see docs/configuration.md.")
    private Map<String, String> more = Map.of();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and exit.")
    @SuppressWarnings("unused") // picocli looks at it
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private KvNode() {}

    /**
     * Runs a node.
     *
     * @param args the flags; {@code --help} tells them
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new KvNode())
                .setParameterExceptionHandler((wrong, arguments) -> {
                    PrintWriter err = wrong.getCommandLine().getErr();
                    err.println(wrong.getMessage());
                    err.println("--help tells the flags");
                    return 2;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof HoldfastException) {
                        command.getErr().println("the node cannot start: " + failure.getMessage());
                        return 1;
                    }
                    throw failure;
                });
    }

    @Override
    public Integer call() {
        HoldfastNode node = Holdfast.run(Configuration.builder()
                .settings(settings())
                .systemProperties()
                .environment()
                .defaults(Map.of("holdfast.gateway.timeout", "5s"))
                .build());
        KvRoutes routes = new KvRoutes(node.consensus());
        node.http(routes::add);
        node.awaitShutdown();
        return 0;
    }

    /** What the flags say; of what they do not mention, environment and defaults decide. */
    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("holdfast.node.id", id);
        settings.put("holdfast.consensus.enabled", "true");
        put(settings, "holdfast.node.bind", bind);
        put(settings, "holdfast.node.expect", expect);
        put(settings, "holdfast.node.seeds", seeds.isEmpty() ? null : String.join(",", seeds));
        put(settings, "holdfast.node.data-dir", data);
        put(settings, "holdfast.consensus.backup-directory", backupDir);
        put(settings, "holdfast.consensus.restore-from", restore);
        if (http != null) {
            Address front = front(http);
            settings.put("holdfast.gateway.host", front.host());
            settings.put("holdfast.gateway.port", Integer.toString(front.port()));
        }
        more.forEach((key, value) -> {
            require(key.startsWith("holdfast."), "--set (" + key + ") must name a key of docs/configuration.md");
            settings.put(key, value);
        });
        return settings;
    }

    private Address front(String address) {
        try {
            return Address.parse(address);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--http: " + e.getMessage(), e);
        }
    }

    private void require(boolean holds, String rule) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), rule);
        }
    }

    private static void put(Map<String, String> settings, String key, @Nullable Object value) {
        if (value != null) {
            settings.put(key, value.toString());
        }
    }
}
