package io.holdfast.circuitbreaker.shared;

import io.holdfast.circuitbreaker.config.PartitionMode;
import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.testkit.sim.SimBulletin;
import io.holdfast.testkit.sim.SimHost;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** A simulated node with calls that come as a Poisson process, its share of a limit of the whole cluster, and a true bucket. */
final class SimLimited implements Protocol<String, SimBulletin.Sheet, String, String> {
    static final int QUOTA = 1000;
    private static final long MS = 1_000_000;
    private static final long ARRIVALS = 20 * MS;
    private static final long LOOK = 250 * MS;
    private static final long SEND = 100 * MS;

    private final SimHost host;
    private final ToDoubleFunction<String> demand;
    private final Random random;
    private final SimBulletin bulletin;
    private final PartitionMode mode;
    private final QuotaShare share;
    final ClusterQuota quota;
    private long counted;
    private double told = -1;

    SimLimited(SimHost host, PartitionMode mode, ToDoubleFunction<String> demand) {
        this.host = host;
        this.demand = demand;
        this.random = new Random(host.environment().random().split("arrivals").nextLong());
        this.bulletin = new SimBulletin(host, Duration.ofSeconds(2));
        this.mode = mode;
        this.share = new QuotaShare(host.id(), QUOTA, mode);
        this.quota = new ClusterQuota(host.environment().clock(), limit(QUOTA));
        quota.share(quota.config(), 0);
    }

    private RateLimitConfig limit(int perSecond) {
        return new RateLimitConfig(perSecond, Duration.ofSeconds(1)).ofCluster(mode);
    }

    /** An operator changes the numbers of this node; as in production, the limit knows at once and the share at the next look. */
    void change(int perSecond) {
        quota.change(limit(perSecond));
    }

    @Override
    public void onStart(long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        send(nowNanos, out);
        // as in production, nothing is divided before the node has found its cluster
        out.wakeAt(nowNanos + 8 * SEND + random.nextLong(LOOK), "look");
        out.wakeAt(nowNanos + random.nextLong(ARRIVALS), "arrivals");
    }

    @Override
    public void onTimer(String timer, long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        switch (timer) {
            case "look" -> look(nowNanos, out);
            case "send" -> send(nowNanos, out);
            default -> arrivals(nowNanos, out);
        }
    }

    private void arrivals(long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        double mean = demand.applyAsDouble(host.id().value()) * ARRIVALS / 1e9;
        double limit = Math.exp(-mean);
        for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
            quota.take();
        }
        out.wakeAt(nowNanos + ARRIVALS, "arrivals");
    }

    private void look(long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        Map<NodeId, Double> demands = new HashMap<>();
        bulletin.values(QuotaShare.TOPIC)
                .forEach((node, page) ->
                        demands.put(node, DemandsCodec.decode(page).getOrDefault("p", 0.0)));
        long calls = quota.admitted() + quota.refused();
        QuotaShare.View view = new QuotaShare.View(
                bulletin.live(), bulletin.known(), bulletin.known().size() > 1);
        share.change(quota.config().perSecond(), mode);
        quota.share(quota.config(), share.step(calls - counted, demands, view, nowNanos));
        counted = calls;
        if (share.demand() != told) {
            told = share.demand();
            bulletin.publish(QuotaShare.TOPIC, DemandsCodec.encode(Map.of("p", told)));
        }
        out.wakeAt(nowNanos + LOOK, "look");
    }

    private void send(long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        bulletin.expire(nowNanos);
        SimBulletin.Sheet sheet = bulletin.sheet();
        host.planned().stream().filter(peer -> !peer.equals(host.address())).forEach(peer -> out.send(peer, sheet));
        out.wakeAt(nowNanos + SEND, "send");
    }

    @Override
    public void onMessage(
            Address from, SimBulletin.Sheet sheet, long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        bulletin.hear(sheet, nowNanos);
    }

    @Override
    public void onRequest(String request, long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        throw new UnsupportedOperationException("it takes no requests");
    }
}
