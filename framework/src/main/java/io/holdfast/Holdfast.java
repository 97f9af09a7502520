package io.holdfast;

import io.holdfast.core.config.Configuration;
import io.holdfast.core.env.ShutdownHook;
import io.holdfast.node.RunningNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The way in: describes and starts nodes.
 *
 * <pre>{@code
 * try (var node = Holdfast.node("catalog-1").start()) {
 *     node.host(new CatalogService());
 *     node.awaitShutdown();
 * }
 * }</pre>
 */
public final class Holdfast {
    private Holdfast() {}

    /**
     * Begins to describe a node.
     *
     * @param id its name, a DNS label that is unique in the cluster
     * @return a builder
     */
    public static NodeBuilder node(String id) {
        return new NodeBuilder(id);
    }

    /**
     * Starts a node as a program does: reads the command line ({@code --holdfast.node.id=catalog-1}, {@code --config=file.yaml}), system properties, the environment and
     * {@code holdfast.yaml} in the working directory if it is there; hosts the services; and leaves gracefully on SIGTERM and Ctrl-C.
     *
     * @param args the command line
     * @param services implementations of contracts
     * @return the running node
     * @throws io.holdfast.core.HoldfastException as {@link NodeBuilder#start()} does
     */
    public static HoldfastNode run(String[] args, Object... services) {
        Configuration.Builder sources =
                Configuration.builder().commandLine(args).systemProperties().environment();
        configFile(args).ifPresent(sources::file);
        return run(sources.build(), services);
    }

    /**
     * Starts a node as a program does, from sources that the program has put together.
     *
     * @param configuration the sources
     * @param services implementations of contracts
     * @return the running node, which leaves gracefully on SIGTERM and Ctrl-C
     * @throws io.holdfast.core.HoldfastException as {@link NodeBuilder#start()} does
     */
    public static HoldfastNode run(Configuration configuration, Object... services) {
        HoldfastNode node = new HoldfastNode(RunningNode.start(configuration));
        try {
            for (Object service : services) {
                node.host(service);
            }
        } catch (RuntimeException | Error e) {
            node.close();
            throw e;
        }
        ShutdownHook.register("holdfast-leave-" + node.id(), node::close);
        return node;
    }

    private static Optional<Path> configFile(String[] args) {
        for (String argument : args) {
            if (argument.startsWith("--config=")) {
                return Optional.of(Path.of(argument.substring("--config=".length())));
            }
        }
        Path usual = Path.of("holdfast.yaml");
        return Files.exists(usual) ? Optional.of(usual) : Optional.empty();
    }
}
