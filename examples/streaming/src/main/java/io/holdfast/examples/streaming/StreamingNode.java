package io.holdfast.examples.streaming;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.consensus.Consensus;
import io.holdfast.core.Deadline;
import io.holdfast.core.ServiceName;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.examples.streaming.account.Accounts;
import io.holdfast.examples.streaming.auth.Auth;
import io.holdfast.examples.streaming.auth.AuthService;
import io.holdfast.examples.streaming.cart.Cart;
import io.holdfast.examples.streaming.cart.CartEntity;
import io.holdfast.examples.streaming.catalog.CachedCatalog;
import io.holdfast.examples.streaming.catalog.Catalog;
import io.holdfast.examples.streaming.catalog.StoredCatalog;
import io.holdfast.examples.streaming.chart.Charts;
import io.holdfast.examples.streaming.chart.NightlyCount;
import io.holdfast.examples.streaming.gateway.Gateway;
import io.holdfast.examples.streaming.job.Repeated;
import io.holdfast.examples.streaming.playback.Playback;
import io.holdfast.examples.streaming.playback.PlaybackOwners;
import io.holdfast.examples.streaming.playback.PlaybackService;
import io.holdfast.examples.streaming.playback.Player;
import io.holdfast.examples.streaming.reaction.Reactions;
import io.holdfast.examples.streaming.recommendation.Recommendation;
import io.holdfast.examples.streaming.recommendation.RecommendationService;
import io.holdfast.examples.streaming.session.PlaybackSession;
import io.holdfast.examples.streaming.session.PlaybackSessionEntity;
import io.holdfast.examples.streaming.thumbnail.Thumbnails;
import io.holdfast.examples.streaming.trending.Plays;
import io.holdfast.examples.streaming.trending.Trending;
import io.holdfast.examples.streaming.trending.TrendingJob;
import io.holdfast.examples.streaming.trouble.TroubleFile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One node of the platform, with the roles that its configuration names. What all nodes agree on needs {@code holdfast.consensus.enabled}, what each user has {@code holdfast.sharding.enabled}, and the catalogue and what viewers make of it {@code holdfast.replication.enabled}. Closing it ends its jobs; the node stays its owner's.
 */
public final class StreamingNode implements AutoCloseable {
    private static final ServiceName PLAYBACK = ServiceName.of("playback");
    private static final List<ServiceName> SERVICES =
            List.of(ServiceName.of("auth"), ServiceName.of("catalog"), PLAYBACK, ServiceName.of("recommendation"));
    private static final Duration SERVICES_LIMIT = Duration.ofMinutes(1);
    private static final Duration ORDER_WAIT = Duration.ofSeconds(4);
    private static final Duration TROUBLE_EVERY = Duration.ofMillis(100);
    private static final Duration FILL_EVERY = Duration.ofSeconds(1);
    private static final int PICTURES_AT_START = 20;

    private final HoldfastNode node;
    private final StreamingConfig config;
    private final Environment env;
    private final Catalog cached;
    private final Accounts accounts;
    private final Plays plays;
    private final Trending trending;
    private final Charts charts;
    private final Thumbnails thumbnails;
    private final Reactions reactions;
    private final Optional<TroubleFile> trouble;
    private final List<Repeated> jobs = new ArrayList<>();
    private final List<Runnable> onceServing = new ArrayList<>();

    private StreamingNode(HoldfastNode node, StreamingConfig config, Environment env) {
        this.node = node;
        this.config = config;
        this.env = env;
        this.cached = new CachedCatalog(node.client(Catalog.class), config.catalogTtl(), env.clock());
        Consensus consensus = node.consensus();
        this.accounts = new Accounts(consensus, config.auth().secret());
        this.plays = new Plays(consensus);
        this.trending = new Trending(consensus);
        this.charts = new Charts(consensus);
        this.thumbnails = new Thumbnails(consensus, env.clock());
        this.reactions = new Reactions(node.crdts());
        this.trouble = config.trouble().map(file -> new TroubleFile(file, env));
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
        StreamingNode platform = host(node, env);
        node.awaitShutdown();
        platform.close();
    }

    /**
     * Gives a running node the roles that its configuration names. The gateway opens last, when every service has an instance.
     *
     * @param node the node
     * @param env clocks and chance
     * @return what now runs on the node
     * @throws java.util.concurrent.CompletionException if the node has the role gateway and a service has no instance within a minute
     */
    static StreamingNode host(HoldfastNode node, Environment env) {
        StreamingConfig config = config(node);
        StreamingNode platform = new StreamingNode(node, config, env);
        platform.trouble.ifPresent(platform::watch);
        config.roles().stream().filter(role -> role != Role.GATEWAY).forEach(platform::take);
        if (config.roles().contains(Role.GATEWAY)) {
            platform.awaitServices();
            platform.take(Role.GATEWAY);
        }
        platform.onceServing.forEach(Runnable::run);
        return platform;
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
            case AUTH -> {
                seed();
                node.host(new AuthService(config.auth(), accounts::matches, env.wallClock(), name));
            }
            case CATALOG -> {
                node.host(catalog());
                drawAndCount(name);
            }
            case PLAYBACK -> {
                Playback playback = new PlaybackService(name);
                node.host(trouble.map(file -> file.around(playback)).orElse(playback));
                node.entities().host(CartEntity.class);
                node.entities().host(PlaybackSessionEntity.class);
            }
            case RECOMMENDATION -> {
                Recommendation ranked = new RecommendationService(cached, config.recommendation(), env, name);
                node.host(trouble.map(file -> file.around(ranked)).orElse(ranked));
                node.host(new TrendingJob(plays, trending, name));
            }
            case GATEWAY -> open(gateway(name));
        }
    }

    /** Quorum maps need a node that knows their ring. The map is filled when the node serves, so that no start is slower by it. */
    private Catalog catalog() {
        node.awaitReady(SERVICES_LIMIT);
        StoredCatalog catalog = new StoredCatalog(node);
        if (!catalog.look()) {
            onceServing.add(() -> jobs.add(repeat("catalogue", FILL_EVERY, catalog::fill)));
        }
        return catalog;
    }

    /** The users are there before the first of them can sign in. The group may still be founded: that takes as long as the other nodes need to start. */
    @SuppressWarnings("try") // the scope is the effect
    private void seed() {
        node.awaitReady(SERVICES_LIMIT);
        CallContext patient =
                CallContext.EMPTY.withDeadline(Deadline.after(env.clock().nanoTime(), SERVICES_LIMIT));
        try (CallContext.Scope scope = patient.open()) {
            accounts.seed(config.auth().demoPassword());
        }
    }

    /** What is in the file at the start holds from the first call on. */
    private void watch(TroubleFile file) {
        file.run();
        jobs.add(repeat("trouble", TROUBLE_EVERY, file));
    }

    private void drawAndCount(String name) {
        jobs.add(repeat("thumbnails", Duration.ZERO, () -> thumbnails.makeNext(cached, name, ORDER_WAIT)));
        NightlyCount count = new NightlyCount(
                node.lock("nightly-count"), plays, charts, env.wallClock(), name, config.nightlyEvery());
        jobs.add(repeat("nightly-count", config.nightlyEvery(), count));
    }

    private Repeated repeat(String what, Duration every, Runnable task) {
        return Repeated.start(what, every, node::ready, task, env);
    }

    private void open(Gateway gateway) {
        gateway.warmUp();
        node.http(gateway::route);
        cached.popular(PICTURES_AT_START).forEach(title -> thumbnails.want(title.id()));
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
                new Gateway.Shared(accounts, plays, trending, charts, thumbnails),
                new Gateway.Owned(
                        user -> node.entities().ref(Cart.class, user),
                        user -> node.entities().ref(PlaybackSession.class, user)),
                reactions,
                env.clock(),
                name);
    }

    @Override
    public void close() {
        jobs.forEach(Repeated::close);
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
