package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.ServiceInstance;
import org.jspecify.annotations.Nullable;

/** A piece of news that spreads from node to node. */
sealed interface Rumor {
    /** What the news is about: a newer rumour replaces an older one of the same subject. */
    Object subject();

    /** About how many bytes it takes on the wire. */
    int weight();

    /**
     * News of a member (SWIM, section 4.2). Rumours of one member form a total order by (incarnation, state), so that every node ends with the same view in whatever order they arrive.
     *
     * @param accuser who suspects or buried it; the member itself otherwise
     */
    record OfMember(NodeId id, Address address, String zone, long incarnation, MemberState state, NodeId accuser)
            implements Rumor {
        @Override
        public Object subject() {
            return id;
        }

        @Override
        public int weight() {
            return 16
                    + 2 * id.value().length()
                    + address.host().length()
                    + zone.length()
                    + accuser.value().length();
        }
    }

    /** The subject of service news. */
    record Offer(NodeId owner, ServiceName service) {}

    /**
     * News of one service of one node; the owner alone makes new versions.
     *
     * @param instance what is offered, or null if the offer was taken back
     */
    record OfService(
            NodeId owner,
            ServiceName service,
            long version,
            @Nullable ServiceInstance instance) implements Rumor {
        @Override
        public Object subject() {
            return new Offer(owner, service);
        }

        @Override
        public int weight() {
            int base = 24 + owner.value().length() + service.value().length();
            if (instance == null) {
                return base;
            }
            int tags = instance.tags().entrySet().stream()
                    .mapToInt(e -> e.getKey().length() + e.getValue().length() + 2)
                    .sum();
            return base + 80 + tags + 4 * instance.methods().size();
        }
    }
}
