package io.holdfast.circuitbreaker.shared;

import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.env.Registration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's shares of all limits of the whole cluster: reads what others want from the bulletin, tells what this node wants. Stepped by one thread at a time. */
final class QuotaShares implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(QuotaShares.class);

    private static final class Divided {
        final QuotaShare share;
        /** The limit whose calls are counted; another one where the policy had none for a while. */
        ClusterQuota source;

        long counted;

        Divided(QuotaShare share, ClusterQuota source) {
            this.share = share;
            this.source = source;
        }
    }

    private final Bulletin bulletin;
    private final Membership membership;
    private final NodeId self;
    private final Set<NodeId> met = ConcurrentHashMap.newKeySet();
    private final Map<String, Divided> shares = new TreeMap<>();
    private Map<String, Double> told = Map.of();
    private Registration members = () -> {};

    QuotaShares(Bulletin bulletin, Membership membership) {
        this.bulletin = bulletin;
        this.membership = membership;
        this.self = membership.self().id();
    }

    void start() {
        members = membership.listen(event -> met.add(event.member().id()));
    }

    void step(Map<String, ClusterQuota> quotas, long nowNanos) {
        shares.keySet().retainAll(quotas.keySet());
        if (quotas.isEmpty() && told.isEmpty()) {
            return;
        }
        QuotaShare.View view = view();
        Map<NodeId, Map<String, Double>> demands = demands();
        Map<String, Double> own = new TreeMap<>();
        quotas.forEach((policy, quota) -> {
            RateLimitConfig numbers = quota.config();
            Divided divided = divided(policy, quota, numbers);
            long calls = quota.admitted() + quota.refused();
            Map<NodeId, Double> others = new HashMap<>();
            demands.forEach((node, each) -> others.put(node, each.getOrDefault(policy, 0.0)));
            quota.share(numbers, divided.share.step(calls - divided.counted, others, view, nowNanos));
            divided.counted = calls;
            own.put(policy, divided.share.demand());
        });
        if (!own.equals(told) && ClusterPolicies.tell(bulletin, QuotaShare.TOPIC, DemandsCodec.encode(own))) {
            told = own;
        }
    }

    private Divided divided(String policy, ClusterQuota quota, RateLimitConfig numbers) {
        Divided divided = shares.computeIfAbsent(
                policy, name -> new Divided(new QuotaShare(self, numbers.perSecond(), numbers.partition()), quota));
        if (divided.source != quota) {
            divided.source = quota;
            divided.counted = 0;
        }
        divided.share.change(numbers.perSecond(), numbers.partition());
        return divided;
    }

    private QuotaShare.View view() {
        Set<NodeId> live = new HashSet<>();
        membership.members().forEach(member -> live.add(member.id()));
        live.add(self);
        Set<NodeId> known = new HashSet<>(live);
        for (NodeId id : met) {
            Member member = membership.member(id).orElse(null);
            if (member == null) {
                met.remove(id);
            } else if (member.state() != MemberState.LEFT) {
                known.add(id);
            }
        }
        return new QuotaShare.View(
                live, known, membership.joined().toCompletableFuture().isDone());
    }

    private Map<NodeId, Map<String, Double>> demands() {
        Map<NodeId, Map<String, Double>> demands = new HashMap<>();
        bulletin.values(QuotaShare.TOPIC).forEach((node, page) -> {
            try {
                demands.put(node, DemandsCodec.decode(page));
            } catch (ProtocolException e) {
                log.warn("what node {} tells of its demand is ignored: {}", node, e.getMessage());
            }
        });
        return demands;
    }

    @Override
    public void close() {
        members.close();
    }
}
