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

/** One node of the platform, with the roles that its configuration names. */
public final class StreamingNode {
    private static final ServiceName PLAYBACK = ServiceName.of("playback");

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
        StreamingConfig config = host(node, env);
        if (config.stopWithParent()) {
            env.threads().start("parent-watch", () -> closeWhenInputEnds(node));
        }
        node.awaitShutdown();
    }

    /**
     * Gives a running node the roles that its configuration names.
     *
     * @param node the node
     * @param env clocks and chance
     * @return the configuration
     */
    static StreamingConfig host(HoldfastNode node, Environment env) {
        StreamingConfig config = node.configuration().bind("streaming", StreamingConfig.class);
        StreamingNode platform = new StreamingNode(node, config, env);
        config.roles().forEach(platform::take);
        return config;
    }

    private void take(Role role) {
        String name = node.id().value();
        switch (role) {
            case AUTH -> node.host(new AuthService(config.auth(), env.wallClock(), name));
            case CATALOG -> node.host(new CatalogService());
            case PLAYBACK -> node.host(new PlaybackService(name));
            case RECOMMENDATION -> node.host(new RecommendationService(cached, config.recommendation(), env, name));
            case GATEWAY -> gateway(name).route(node.http());
        }
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
    private static void closeWhenInputEnds(HoldfastNode node) {
        try {
            while (System.in.read() >= 0) {
                // whatever the parent writes means nothing
            }
        } catch (IOException e) {
            // a broken pipe says the same
        }
        node.close();
    }
}
