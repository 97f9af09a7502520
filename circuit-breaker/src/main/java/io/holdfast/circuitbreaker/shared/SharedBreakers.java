package io.holdfast.circuitbreaker.shared;

import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.cluster.ObserverQuorum;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the nodes of a cluster know together of the things they call, without I/O. Each node tells on the {@link #TOPIC} what its own breakers saw. From that follows, for each target:
 *
 * <ul>
 *   <li>A node that has too few calls of its own to judge opens its circuit when a {@linkplain ObserverQuorum quorum} of observers has it open by failures of their own. A circuit that is open on the
 *       word of others counts for nobody, and a node that judges by its own calls believes itself: one node's trouble stays its own.
 *   <li>While a circuit is open only one node tries in each round, in the order of rendezvous hashing (Thaler, Ravishankar, 1998), moved on by one place after each try that failed. If it does not try,
 *       the next in order does after a while; a node that has not tried for twice as many waits as nodes are waiting tries in any case. A try that went well lets all others try.
 * </ul>
 *
 * <p>Not thread-safe. A word that is lost or late costs a try or a wait, never more.
 */
public final class SharedBreakers {
    /** The topic on the bulletin. */
    public static final String TOPIC = "breakers";

    private record Heard(Map<Target, Sighting> sightings, long atNanos) {}

    private final NodeId self;
    private final ObserverQuorum quorum;
    private final SharingTimes times;
    private final Map<NodeId, Heard> heard = new TreeMap<>();
    private final Map<Target, Circle> circles = new TreeMap<>();
    private Map<Target, Sighting> told = Map.of();
    private long toldNanos;
    private long number;

    /**
     * Makes the knowledge of a node that has heard nothing yet.
     *
     * @param self this node
     * @param quorum when others are believed
     * @param times how long to wait for them
     */
    public SharedBreakers(NodeId self, ObserverQuorum quorum, SharingTimes times) {
        this.self = self;
        this.quorum = quorum;
        this.times = times;
    }

    /**
     * A node told something; what it told before holds no longer.
     *
     * @param node who
     * @param page what, as {@link #toTell} of that node made it
     * @param nowNanos the monotonic clock
     * @throws ProtocolException if the bytes cannot be read; what the node told before is forgotten
     */
    public void hear(NodeId node, byte[] page, long nowNanos) {
        heard.remove(node);
        if (!node.equals(self)) {
            heard.put(node, new Heard(SightingsCodec.decode(page), nowNanos));
        }
    }

    /**
     * What a node told holds no longer.
     *
     * @param node who
     */
    public void gone(NodeId node) {
        heard.remove(node);
    }

    /**
     * Looks at this node's own breakers and says what each shall do. To be called a few times a second, and when something was heard.
     *
     * @param locals all breakers whose knowledge is shared
     * @param nowNanos the monotonic clock
     * @return an order for each
     */
    public Map<Target, Order> step(Map<Target, LocalCircuit> locals, long nowNanos) {
        circles.keySet().retainAll(locals.keySet());
        heard.values()
                .removeIf(each -> nowNanos - each.atNanos() > times.fresh().toNanos());
        Map<Target, Order> orders = new TreeMap<>();
        locals.forEach((target, local) -> {
            Circle circle = circles.computeIfAbsent(target, any -> new Circle(self, target, quorum, times));
            orders.put(target, circle.step(local, othersOn(target), nowNanos));
        });
        return orders;
    }

    private Map<NodeId, Sighting> othersOn(Target target) {
        Map<NodeId, Sighting> others = new HashMap<>();
        heard.forEach((node, each) -> {
            Sighting sighting = each.sightings().get(target);
            if (sighting != null) {
                others.put(node, sighting);
            }
        });
        return others;
    }

    /**
     * What this node shall tell now.
     *
     * @param nowNanos the monotonic clock
     * @return a page for the bulletin; empty if nothing has changed that others wait for
     */
    public Optional<byte[]> toTell(long nowNanos) {
        Map<Target, Sighting> now = new TreeMap<>();
        circles.forEach((target, circle) -> {
            Sighting sighting = circle.sighting(nowNanos);
            if (sighting.calls() > 0 || sighting.round() > 0) {
                now.put(target, sighting);
            }
        });
        boolean refresh =
                !now.isEmpty() && nowNanos - toldNanos >= times.refresh().toNanos();
        if (!refresh && !hasNews(now)) {
            return Optional.empty();
        }
        told = now;
        toldNanos = nowNanos;
        return Optional.of(SightingsCodec.encode(++number, now));
    }

    private boolean hasNews(Map<Target, Sighting> now) {
        if (!now.keySet().equals(told.keySet())) {
            return true;
        }
        return now.entrySet().stream().anyMatch(entry -> {
            Sighting before = told.get(entry.getKey());
            return before == null || entry.getValue().differsInMoreThanCounts(before);
        });
    }
}
