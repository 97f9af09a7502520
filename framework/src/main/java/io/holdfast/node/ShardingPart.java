package io.holdfast.node;

import io.holdfast.admin.ShardsView;
import io.holdfast.core.Address;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.discovery.Discovery;
import io.holdfast.entity.Entities;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.sharding.entity.EntityHost;
import io.holdfast.sharding.entity.EntityRouter;
import io.holdfast.sharding.entity.EntityType;
import io.holdfast.sharding.handoff.ShardControl;
import io.holdfast.sharding.handoff.ShardRuntime;
import io.holdfast.sharding.job.ClusterJobs;
import io.holdfast.sharding.job.ShardJobs;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.work.ShardWork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards of the cluster on this node, and what lives in them. It opens when the node has joined, and takes shards when it hosts something. Safe for use by many threads.
 */
final class ShardingPart implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ShardingPart.class);
    /** The name of the one space. */
    private static final String SPACE = "shards";
    /** The table of the space in each group. */
    private static final String TABLE = "holdfast.shards";

    private static final int FUNCTIONS_AT_ONCE = 16;
    private static final Duration AGAIN = Duration.ofSeconds(1);

    /** What the part stands on; all of it outlives the part. */
    record Ground(
            Discovery discovery,
            Transport transport,
            ConsensusPart consensus,
            Environment environment,
            Telemetry telemetry) {
        NodeId self() {
            return discovery.self().id();
        }

        Optional<Address> address(NodeId node) {
            return discovery.member(node).map(Member::address);
        }
    }

    private record Open(ShardRuntime shards, EntityRouter router, ShardWork work) {}

    private final ShardingConfig config;
    private final Ground ground;
    private final Closers closers = new Closers();
    private final EntityHost host;
    private final ShardJobs jobs;
    private volatile @Nullable Open open;
    private volatile String waitsFor = "this node has not joined its cluster";
    private boolean hosts; // guarded by this
    private boolean closed; // guarded by this

    private ShardingPart(ShardingSettings settings, ShardingConfig config, Ground ground) {
        this.config = config;
        this.ground = ground;
        this.host = closers.add(
                "entities",
                new EntityHost(
                        ground.environment(),
                        settings.entities().limits(),
                        ground.telemetry().meters()));
        this.jobs = closers.add(
                "jobs",
                ShardJobs.start(
                        ground.environment(),
                        new ShardJobs.Scope(ground.self(), this::map, this::table),
                        ground.telemetry()));
        closers.add("health check", ground.telemetry().health().add(HealthCheck.Kind.READY, "sharding", this::check));
    }

    static ShardingPart start(ShardingSettings settings, ShardingConfig config, Ground ground) {
        ShardingPart part = new ShardingPart(settings, config, ground);
        ground.discovery().joined().thenRun(part::open);
        return part;
    }

    /** What is missing may come: it is tried until the node ends. What a try that failed has opened is closed before the next. */
    private synchronized void open() {
        if (closed) {
            return;
        }
        Closers begun = new Closers();
        try {
            ShardRuntime shards =
                    begun.add("shards", ShardRuntime.observe(SPACE, config, surroundings(), List.of(host, jobs)));
            EntityRouter router = begun.add("calls of entities", router(shards));
            ShardWork work = begun.add("functions beside shards", work(shards));
            closers.add("open shards", begun::closeAll);
            open = new Open(shards, router, work);
            if (hosts) {
                shards.offer();
            }
        } catch (RuntimeException e) {
            begun.closeAll();
            waitsFor = String.valueOf(e.getMessage());
            log.warn("node {} has no part in shards yet: {}", ground.self(), waitsFor);
            ground.environment().scheduler().schedule(AGAIN, this::open);
        }
    }

    /** Empty until this node knows it: before that its size is what is configured here. This node takes shards only when it is open. */
    private Optional<ShardMap> map() {
        return Optional.ofNullable(open)
                .map(Open::shards)
                .filter(shards -> shards.map().revision() > 0 || shards.isInformed())
                .map(ShardRuntime::map);
    }

    private ReplicatedTable table(int shard) {
        ConsensusPart groups = ground.consensus();
        return groups.table(shard % groups.groups(), TABLE);
    }

    private ShardRuntime.Surroundings surroundings() {
        List<ReplicatedTable> tables = IntStream.range(0, ground.consensus().groups())
                .mapToObj(this::table)
                .toList();
        return new ShardRuntime.Surroundings(
                ground.discovery(),
                ground.discovery().bulletin(),
                ground.transport(),
                ground.consensus().leadership(0),
                tables.get(0),
                tables,
                ground.environment(),
                ground.telemetry());
    }

    private EntityRouter router(ShardRuntime shards) {
        return new EntityRouter(
                ground.environment(),
                host,
                shards,
                ground.transport(),
                ground::address,
                ground.telemetry().meters());
    }

    private ShardWork work(ShardRuntime shards) {
        return new ShardWork(ground.environment(), shards, ground.transport(), ground::address, FUNCTIONS_AT_ONCE);
    }

    private HealthCheck.Result check() {
        Open now = open;
        if (now == null) {
            return new HealthCheck.Result(false, waitsFor);
        }
        Optional<String> misfit = now.shards().misfit();
        if (misfit.isPresent()) {
            return new HealthCheck.Result(false, misfit.get());
        }
        String uncoordinated =
                now.shards().uncoordinated().map(reason -> "; " + reason).orElse("");
        return now.shards().isInformed()
                ? new HealthCheck.Result(
                        true, "knows revision " + now.shards().map().revision() + " of the shard map" + uncoordinated)
                : new HealthCheck.Result(false, "the shard map was not read yet" + uncoordinated);
    }

    Entities.Port entities() {
        return new Entities.Port(this::call, this::host);
    }

    /**
     * Functions beside the data.
     *
     * @throws UnavailableException before the node has joined
     */
    ShardWork work() {
        return opened().work();
    }

    /**
     * What operators see and change.
     *
     * @throws UnavailableException before the node has joined
     */
    ShardControl control() {
        return opened().shards();
    }

    private Open opened() {
        Open now = open;
        if (now == null) {
            throw new UnavailableException("node " + ground.self() + " cannot reach shards yet: " + waitsFor
                    + "; wait until the node is ready");
        }
        return now;
    }

    /** To host one is to take shards. */
    ClusterJobs jobs() {
        return new OfferedJobs(jobs, this::offer);
    }

    private CompletionStage<byte[]> call(String type, String key, long method, byte[] arguments, CallContext context) {
        Open now = open;
        return now == null
                ? CompletableFuture.failedFuture(new UnavailableException("entity " + type + "/" + key
                        + " was not called: " + waitsFor + "; wait until the node is ready"))
                : now.router().call(type, key, method, arguments, context);
    }

    private void host(EntityType type) {
        try {
            host.register(type);
        } catch (IllegalArgumentException e) {
            throw new InvalidContractException(String.valueOf(e.getMessage()), e);
        }
        offer();
    }

    private synchronized void offer() {
        hosts = true;
        Open now = open;
        if (now != null) {
            now.shards().offer();
        }
    }

    /** For the admin endpoint; empty while it is not open. */
    Optional<ShardsView> view() {
        Open now = open;
        return now == null ? Optional.empty() : Optional.of(new ShardsView(now.shards(), host::entities, host.hot()));
    }

    /** Hands all shards over, as far as somebody is there to take them. */
    CompletionStage<?> leave(Duration limit) {
        Open now = open;
        return now == null
                ? CompletableFuture.completedFuture(0)
                : now.shards().leave(limit).thenAccept(kept -> {
                    if (kept > 0 && ground.discovery().members().size() > 1) {
                        log.warn("node {} leaves with {} shards that nobody has taken", ground.self(), kept);
                    }
                });
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        closers.closeAll();
    }
}
