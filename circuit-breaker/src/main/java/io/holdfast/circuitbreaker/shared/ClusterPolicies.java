package io.holdfast.circuitbreaker.shared;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.BulletinEvent;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.ObserverQuorum;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell of {@link SharedBreakers} and of {@link QuotaShares}: looks at this node's breakers and limits four times a second, and at the breakers also when a node has told something. Safe for use
 * by many threads; its work is short and done on the node's timer and on the thread of the bulletin's watchers, one at a time.
 */
public final class ClusterPolicies implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClusterPolicies.class);
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Environment environment;
    private final Bulletin bulletin;
    private final Supplier<Map<Target, Circuit>> circuits;
    private final Supplier<Map<String, ClusterQuota>> quotas;
    private final SharedBreakers breakers;
    private final QuotaShares shares;
    private final Object lock = new Object();
    private Registration watch = () -> {};
    private Registration timer = () -> {};
    private boolean closed;

    private ClusterPolicies(
            Environment environment,
            Bulletin bulletin,
            Membership membership,
            Supplier<Map<Target, Circuit>> circuits,
            Supplier<Map<String, ClusterQuota>> quotas) {
        this.environment = environment;
        this.bulletin = bulletin;
        this.circuits = circuits;
        this.quotas = quotas;
        this.breakers = new SharedBreakers(membership.self().id(), ObserverQuorum.TWO, SharingTimes.DEFAULT);
        this.shares = new QuotaShares(bulletin, membership);
    }

    /**
     * Begins to share.
     *
     * @param environment clock and timer
     * @param bulletin what all nodes tell each other
     * @param membership who is there
     * @param circuits the breakers whose knowledge is shared, asked at each look
     * @param quotas the limits of the whole cluster by policy, asked at each look
     * @return the running shell; close it before the bulletin ends
     */
    public static ClusterPolicies start(
            Environment environment,
            Bulletin bulletin,
            Membership membership,
            Supplier<Map<Target, Circuit>> circuits,
            Supplier<Map<String, ClusterQuota>> quotas) {
        ClusterPolicies shell = new ClusterPolicies(environment, bulletin, membership, circuits, quotas);
        shell.begin();
        return shell;
    }

    private void begin() {
        synchronized (lock) {
            watch = bulletin.watch(SharedBreakers.TOPIC, this::heard);
            shares.start();
        }
        look();
    }

    private void look() {
        try {
            step();
            synchronized (lock) {
                if (!closed) {
                    shares.step(quotas.get(), now());
                }
            }
        } catch (RuntimeException e) {
            log.error("a look at the cluster's breakers and limits failed; the next one comes all the same", e);
        }
        synchronized (lock) {
            if (!closed) {
                timer = environment.scheduler().schedule(LOOK, this::look);
            }
        }
    }

    private void heard(BulletinEvent event) {
        synchronized (lock) {
            if (event instanceof BulletinEvent.Told told) {
                try {
                    breakers.hear(told.node(), told.value(), now());
                } catch (HoldfastException e) {
                    log.warn("what node {} tells of its breakers is ignored: {}", told.node(), e.getMessage());
                }
            } else if (event instanceof BulletinEvent.Gone gone) {
                breakers.gone(gone.node());
            }
        }
        step();
    }

    private void step() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            Map<Target, Circuit> present = circuits.get();
            Map<Target, LocalCircuit> looks = new HashMap<>();
            present.forEach((target, circuit) -> looks.put(target, circuit.look()));
            breakers.step(looks, now()).forEach((target, order) -> {
                Circuit circuit = present.get(target);
                if (circuit != null) {
                    circuit.obey(order);
                }
            });
            // what cannot be told now is told with the next refresh
            breakers.toTell(now()).ifPresent(page -> tell(bulletin, SharedBreakers.TOPIC, page));
        }
    }

    /** Whether it was told; the bulletin may be overloaded. */
    static boolean tell(Bulletin bulletin, String topic, byte[] page) {
        try {
            bulletin.publish(topic, page);
            return true;
        } catch (HoldfastException e) {
            log.warn("topic {} is not told: {}", topic, e.getMessage());
            return false;
        }
    }

    private long now() {
        return environment.clock().nanoTime();
    }

    /** Stops. Breakers and limits go on by themselves; what this node told goes with the node. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            watch.close();
            timer.close();
            shares.close();
        }
    }
}
