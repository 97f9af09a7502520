package io.holdfast;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.config.ConfigurationException;
import io.holdfast.node.RunningNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

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
    private static final String CONFIG = "--config=";

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
     * <p>A program that does not catch the exception ends with status 1 and the message on standard error, without a stack trace.
     *
     * @param args the command line; a flag that is neither {@code --config=} nor a dotted key is an error, so a program with flags of its own takes them out first
     * @param services what {@link HoldfastNode#host(Object)} takes: implementations of contracts, or their classes
     * @return the running node
     * @throws io.holdfast.core.HoldfastException as {@link NodeBuilder#start()} does
     */
    public static HoldfastNode run(String[] args, Object... services) {
        return tellingWhy(() -> {
            refuseUnknownFlags(args);
            Configuration.Builder sources =
                    Configuration.builder().commandLine(args).systemProperties().environment();
            configFile(args).ifPresent(sources::file);
            return start(sources.build(), services);
        });
    }

    /**
     * Starts a node as a program does, from sources that the program has put together.
     *
     * @param configuration the sources
     * @param services what {@link HoldfastNode#host(Object)} takes: implementations of contracts, or their classes
     * @return the running node, which leaves gracefully on SIGTERM and Ctrl-C
     * @throws io.holdfast.core.HoldfastException as {@link NodeBuilder#start()} does
     */
    public static HoldfastNode run(Configuration configuration, Object... services) {
        return tellingWhy(() -> start(configuration, services));
    }

    private static HoldfastNode start(Configuration configuration, Object... services) {
        RunningNode running = RunningNode.start(configuration, null);
        try {
            running.leaveAtExit();
            HoldfastNode node = new HoldfastNode(running);
            for (Object service : services) {
                node.host(service);
            }
            return node;
        } catch (RuntimeException | Error e) {
            running.close();
            throw e;
        }
    }

    /** Where nobody catches what the start throws, the message is what a person needs; a handler that the program has set stays. */
    private static HoldfastNode tellingWhy(Supplier<HoldfastNode> start) {
        try {
            return start.get();
        } catch (HoldfastException failure) {
            Thread thread = Thread.currentThread();
            Thread.UncaughtExceptionHandler usual = thread.getUncaughtExceptionHandler();
            if (usual == thread.getThreadGroup() && Thread.getDefaultUncaughtExceptionHandler() == null) {
                thread.setUncaughtExceptionHandler((where, error) -> {
                    if (error == failure) {
                        System.err.println("the node cannot start: " + failure.getMessage());
                    } else {
                        usual.uncaughtException(where, error);
                    }
                });
            }
            throw failure;
        }
    }

    private static void refuseUnknownFlags(String[] args) {
        for (String argument : args) {
            String name = argument.split("=", 2)[0];
            if (name.startsWith("--") && name.indexOf('.') < 0 && !argument.startsWith(CONFIG)) {
                throw ConfigurationException.of(
                        name,
                        "flag (" + argument + ") must be " + CONFIG
                                + "file.yaml or a setting with its full key, for instance --holdfast.node.zone=a;"
                                + " a program with flags of its own takes them out before Holdfast.run");
            }
        }
    }

    private static Optional<Path> configFile(String[] args) {
        for (String argument : args) {
            if (argument.startsWith(CONFIG)) {
                return Optional.of(Path.of(argument.substring(CONFIG.length())));
            }
        }
        Path usual = Path.of("holdfast.yaml");
        return Files.exists(usual) ? Optional.of(usual) : Optional.empty();
    }
}
