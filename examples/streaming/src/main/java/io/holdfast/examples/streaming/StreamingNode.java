package io.holdfast.examples.streaming;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.core.ServiceName;
import io.holdfast.core.env.Environment;
import io.holdfast.examples.streaming.auth.Auth;
import io.holdfast.examples.streaming.auth.AuthService;
import io.holdfast.examples.streaming.catalog.CachedCatalog;
import io.holdfast.examples.streaming.catalog.Catalog;
import io.holdfast.examples.streaming.catalog.CatalogService;
import io.holdfast.examples.streaming.gateway.Gateway;
import io.holdfast.examples.streaming.playback.Playback;
import io.holdfast.examples.streaming.playback.PlaybackOwners;
import io.holdfast.examples.streaming.playback.PlaybackService;
import io.holdfast.examples.streaming.playback.Player;
import io.holdfast.examples.streaming.recommendation.Recommendation;
import io.holdfast.examples.streaming.recommendation.RecommendationService;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** One node of the platform, with the roles that its configuration names. */
public final class StreamingNode {
    private static final ServiceName PLAYBACK = ServiceName.of("playback");
    private static final List<ServiceName> SERVICES =
            List.of(ServiceName.of("auth"), ServiceName.of("catalog"), PLAYBACK, ServiceName.of("recommendation"));
    private static final Duration SERVICES_LIMIT = Duration.ofMinutes(1);

    private final HoldfastNode node;
    private final StreamingConfig config;
    private final Environment env;
    private final Catalog cached;

    private StreamingNode(HoldfastNode node, StreamingConfig config, Environment env) {
        this.node = node;
        this.config = config;
        this.env = env;
        this.cached = new CachedCatalog(node.client(Catalog.class), config.catalogTtl(), env.clock());
    }

    /**
     * Runs a node until it is told to stop.
     *
     * @param args configuration, for instance {@code --config=node.yaml --streaming.roles=gateway,auth}
     */
    public static void main(String[] args) {
        HoldfastNode node = Holdfast.run(args);
        Environment env = Environment.system();
        if (config(node)
                .stopWithParent()) { // before all that may wait for other nodes, which end with the parent as well
            env.threads().start("parent-watch", () -> endWithInput(node));
        }
        host(node, env);
        node.awaitShutdown();
    }

    /**
     * Gives a running node the roles that its configuration names. The gateway opens last, when every service has an instance.
     *
     * @param node the node
     * @param env clocks and chance
     * @return the configuration
     * @throws java.util.concurrent.CompletionException if the node has the role gateway and a service has no instance within a minute
     */
    static StreamingConfig host(HoldfastNode node, Environment env) {
        StreamingConfig config = config(node);
        StreamingNode platform = new StreamingNode(node, config, env);
        config.roles().stream().filter(role -> role != Role.GATEWAY).forEach(platform::take);
        if (config.roles().contains(Role.GATEWAY)) {
            platform.awaitServices();
            platform.take(Role.GATEWAY);
        }
        return config;
    }

    private static StreamingConfig config(HoldfastNode node) {
        return node.configuration().bind("streaming", StreamingConfig.class);
    }

    /** A gateway that opened before it knew where the services are would turn its first visitors away. */
    private void awaitServices() {
        node.awaitReady(SERVICES_LIMIT);
        for (ServiceName service : SERVICES) {
            node.services()
                    .awaitInstances(service, 1, SERVICES_LIMIT)
                    .toCompletableFuture()
                    .join();
        }
    }

    private void take(Role role) {
        String name = node.id().value();
        switch (role) {
            case AUTH -> node.host(new AuthService(config.auth(), env.wallClock(), name));
            case CATALOG -> node.host(new CatalogService());
            case PLAYBACK -> node.host(new PlaybackService(name));
            case RECOMMENDATION -> node.host(new RecommendationService(cached, config.recommendation(), env, name));
            case GATEWAY -> open(gateway(name));
        }
    }

    private void open(Gateway gateway) {
        gateway.warmUp();
        node.http(gateway::route);
    }

    private Gateway gateway(String name) {
        PlaybackOwners owners = new PlaybackOwners(
                () -> node.services().instances(PLAYBACK), owner -> node.client(Playback.class, owner));
        return new Gateway(
                node.client(Auth.class),
                node.client(Catalog.class),
                cached,
                node.client(Recommendation.class),
                owners,
                new Player(owners, env.wallClock()),
                name);
    }

    /** The parent holds the other end of the pipe: it ends when the parent does, however that happens. */
    private static void endWithInput(HoldfastNode node) {
        try {
            while (System.in.read() >= 0) {
                // whatever the parent writes means nothing
            }
        } catch (IOException e) {
            // a broken pipe says the same
        }
        node.close();
        System.exit(0); // the main thread may still wait for nodes that will never come
    }
}
