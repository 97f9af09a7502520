package io.holdfast.circuitbreaker.shared;

import io.holdfast.circuitbreaker.config.PartitionMode;
import io.holdfast.core.NodeId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * This node's share of a rate limit of the whole cluster, without I/O. Each node tells how many calls a second are wanted of it; each takes its max-min fair share by what all have told. A share falls
 * at once and rises after a while, when the others have heard of the change and let go, so that together they stay at the quota while it moves.
 *
 * <p>In a partition: with {@link PartitionMode#AVAILABLE} each side divides the whole quota, so together they are at most at the quota times the number of sides. With {@link PartitionMode#STRICT} a side
 * divides only its part of the quota by nodes: the members that it sees of all that it knows, the dead included until they are forgotten or said goodbye; newcomers count as known at once and as
 * seen only when all are seen (a newcomer counts itself, so one with a new name that joins amid a partition may pass the quota by an even part of it). There a share rises only when {@link #STRICT_HOLD_NANOS} have passed, longer than it takes to notice a death, so that one side does not take what the other has not
 * let go yet.
 *
 * <p>Not thread-safe.
 */
public final class QuotaShare {
    /** The topic on the bulletin. */
    public static final String TOPIC = "limits";

    /** How long a share waits before it rises: a look of the others, and the time in which gossip reaches them even if some of it is lost. */
    static final long HOLD_NANOS = 1_000_000_000L;
    /** The same with {@link PartitionMode#STRICT}. */
    static final long STRICT_HOLD_NANOS = 10_000_000_000L;
    /** The same for a node that has just started: the others let go as soon as they have heard of it. */
    static final long STRICT_START_NANOS = 2_000_000_000L;

    /** More than what is wanted on average is kept for a node, for the noise of arrivals. */
    private static final double HEADROOM = 1.03;
    /** This part of the quota is kept for those that want nothing, so that their first calls pass. */
    private static final double FLOOR = 0.02;
    /** A change of demand is told if it is this part of the demand told before, and this part of the quota. */
    private static final double TELL_DEMAND = 0.05;

    private static final double TELL_QUOTA = 0.005;

    /**
     * Who is there.
     *
     * @param live the members that are alive or suspected, this node among them
     * @param known these and the dead that are remembered, without those that said goodbye
     * @param joined whether this node has found its cluster
     */
    public record View(Set<NodeId> live, Set<NodeId> known, boolean joined) {}

    private record Claim(long atNanos, double share) {}

    private final NodeId self;
    private double quota;
    private PartitionMode partition;
    private final DemandMeter meter = new DemandMeter();
    private final List<Claim> claims = new ArrayList<>();
    private Set<NodeId> counted = Set.of();
    private double told;
    private double share;

    /**
     * Makes the share of a node that has just started.
     *
     * @param self this node
     * @param quota how many calls a second all nodes may make together
     * @param partition what to do if not all are seen
     */
    public QuotaShare(NodeId self, double quota, PartitionMode partition) {
        this.self = self;
        this.quota = quota;
        this.partition = partition;
    }

    /**
     * Changes the numbers; what is known of the demand stays, and the share is the same part of the quota as before until the next step.
     *
     * @param newQuota how many calls a second all nodes may make together
     * @param mode what to do if not all are seen
     */
    public void change(double newQuota, PartitionMode mode) {
        if (newQuota != quota) {
            double ratio = newQuota / quota;
            claims.replaceAll(claim -> new Claim(claim.atNanos(), claim.share() * ratio));
            share *= ratio;
            quota = newQuota;
        }
        partition = mode;
    }

    /**
     * Works out the share anew. To be called a few times a second.
     *
     * @param calls how many calls have come since the step before, refused ones too
     * @param demands what each other node has told; nodes that are not live are ignored
     * @param view who is there
     * @param nowNanos the monotonic clock
     * @return how many calls a second this node may make
     */
    public double step(long calls, Map<NodeId, Double> demands, View view, long nowNanos) {
        double wanted = meter.count(calls, nowNanos);
        if (Math.abs(wanted - told) > Math.max(TELL_DEMAND * told, TELL_QUOTA * quota)) {
            told = wanted;
        }
        if (claims.isEmpty() && partition == PartitionMode.STRICT) {
            claims.add(new Claim(nowNanos - STRICT_HOLD_NANOS + STRICT_START_NANOS, 0));
        }
        claims.add(new Claim(nowNanos, target(demands, view)));
        long hold = partition == PartitionMode.STRICT ? STRICT_HOLD_NANOS : HOLD_NANOS;
        claims.removeIf(claim -> nowNanos - claim.atNanos() > hold);
        share = claims.stream().mapToDouble(Claim::share).min().orElse(0);
        return share;
    }

    /**
     * What this node tells the others: its demand as it was when it last changed by much.
     *
     * @return calls a second
     */
    public double demand() {
        return told;
    }

    /**
     * The share that the last step worked out.
     *
     * @return calls a second
     */
    public double share() {
        return share;
    }

    private double target(Map<NodeId, Double> demands, View view) {
        double total = quota * part(view);
        double floor = total * FLOOR / Math.max(1, view.live().size());
        double own = Math.max(floor, told * HEADROOM);
        List<Double> wants = new ArrayList<>();
        wants.add(own);
        for (NodeId node : view.live()) {
            if (!node.equals(self)) {
                wants.add(Math.max(floor, demands.getOrDefault(node, 0.0) * HEADROOM));
            }
        }
        return MaxMin.share(total, wants, own);
    }

    /** Which part of the quota this side divides. */
    private double part(View view) {
        if (partition == PartitionMode.AVAILABLE) {
            return 1;
        }
        if (!view.joined()) {
            return 0;
        }
        if (counted.isEmpty() || view.live().containsAll(view.known())) {
            counted = Set.copyOf(view.live());
        }
        Set<NodeId> all = new HashSet<>(view.known());
        all.addAll(counted);
        long seen = view.live().stream().filter(counted::contains).count();
        return (double) seen / all.size();
    }
}
