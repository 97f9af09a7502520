package io.holdfast;

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
        throw new UnsupportedOperationException(args.length + " " + services.length);
    }
}
