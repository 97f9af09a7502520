package io.holdfast.discovery.swim;

import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.loop.Outbox;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who offers what. Each offer is a record that its owner alone versions; the higher version wins, so deltas may arrive in any order. An offer taken back stays as a record without an
 * instance. Offers of the dead are hidden, and come back with them. Bounded: {@code maxServices} names an owner, {@code maxMembers} owners; what passes a bound is dropped and told.
 */
final class Registry {
    private final LocalNode local;
    private final Map<NodeId, TreeMap<ServiceName, Rumor.OfService>> offers = new HashMap<>();
    private long version;

    Registry(LocalNode local) {
        this.local = local;
    }

    void register(ServiceInstance instance, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (hasRoom(local.id(), instance.service(), out)) {
            own(instance.service(), instance, out);
        }
    }

    void withdraw(ServiceName service, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Rumor.OfService current = find(local.id(), service);
        if (current != null && current.instance() != null) {
            own(service, null, out);
        }
    }

    private void own(
            ServiceName service, @Nullable ServiceInstance instance, Outbox<Packet, SwimTimer, SwimEvent> out) {
        version = Math.max(version, local.incarnation()) + 1;
        put(new Rumor.OfService(local.id(), service, version, instance), true, out);
    }

    void apply(Rumor.OfService rumor, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (rumor.version() > LocalNode.MAX_NUMBER) {
            local.decide(SwimEvent.Decision.DROP, rumor.owner(), "offer with broken version " + rumor.version(), out);
        } else if (rumor.owner().equals(local.id())) {
            answerForSelf(rumor, out);
        } else {
            Rumor.OfService current = find(rumor.owner(), rumor.service());
            if ((current == null || rumor.version() > current.version())
                    && hasRoom(rumor.owner(), rumor.service(), out)) {
                put(rumor, visible(rumor.owner()), out);
            }
        }
    }

    /** What others say of this node's offers counts only as a version to pass: an older run of this node may have made it. */
    private void answerForSelf(Rumor.OfService rumor, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Rumor.OfService current = find(local.id(), rumor.service());
        boolean stranger = current == null
                || rumor.version() > current.version()
                || (rumor.version() == current.version() && !rumor.equals(current));
        if (!stranger || (current == null && !hasRoom(local.id(), rumor.service(), out))) {
            return;
        }
        version = Math.max(version, rumor.version());
        own(rumor.service(), current == null ? null : current.instance(), out);
    }

    private boolean hasRoom(NodeId owner, ServiceName service, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Map<ServiceName, Rumor.OfService> ofOwner = offers.get(owner);
        boolean room;
        if (ofOwner == null) {
            room = offers.size() < local.config.maxMembers() || dropStranger();
        } else {
            room = ofOwner.containsKey(service) || ofOwner.size() < local.config.maxServices();
        }
        if (!room) {
            local.decide(
                    SwimEvent.Decision.DROP,
                    owner,
                    "offer of service " + service + " is dropped: at most " + local.config.maxServices()
                            + " names a node and " + local.config.maxMembers() + " nodes are kept",
                    out);
        }
        return room;
    }

    /** Makes room by forgetting the offers of a node that is no member. */
    private boolean dropStranger() {
        for (NodeId owner : offers.keySet()) {
            if (!owner.equals(local.id()) && local.members.find(owner) == null) {
                offers.remove(owner);
                return true;
            }
        }
        return false;
    }

    private void put(Rumor.OfService rumor, boolean visible, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Rumor.OfService before =
                offers.computeIfAbsent(rumor.owner(), id -> new TreeMap<>()).put(rumor.service(), rumor);
        ServiceInstance old = before == null ? null : before.instance();
        if (visible && !Objects.equals(old, rumor.instance())) {
            publish(rumor, out);
        }
        local.spread(rumor);
    }

    private static void publish(Rumor.OfService rumor, Outbox<Packet, SwimTimer, SwimEvent> out) {
        ServiceInstance instance = rumor.instance();
        ServiceEvent event = instance == null
                ? new ServiceEvent.Removed(rumor.service(), rumor.owner())
                : new ServiceEvent.Updated(instance);
        out.publish(new SwimEvent.ServiceChanged(event));
    }

    private boolean visible(NodeId owner) {
        MemberTable.Entry entry = local.members.find(owner);
        return entry != null && entry.live();
    }

    /** A member came (back) or went: its offers appear or vanish. */
    void onLive(NodeId owner, boolean live, Outbox<Packet, SwimTimer, SwimEvent> out) {
        for (Rumor.OfService offer : of(owner)) {
            if (offer.instance() != null) {
                publish(live ? offer : new Rumor.OfService(owner, offer.service(), offer.version(), null), out);
            }
        }
    }

    void forget(NodeId owner) {
        for (Rumor.OfService offer : of(owner)) {
            local.rumors.forget(offer.subject());
        }
        offers.remove(owner);
    }

    /** Spreads what this node offers anew: it has just joined, or was thought dead. */
    void announceOwn() {
        of(local.id()).forEach(local::spread);
    }

    Collection<Rumor.OfService> of(NodeId owner) {
        TreeMap<ServiceName, Rumor.OfService> ofOwner = offers.get(owner);
        return ofOwner == null ? List.of() : ofOwner.values();
    }

    private Rumor.@Nullable OfService find(NodeId owner, ServiceName service) {
        Map<ServiceName, Rumor.OfService> ofOwner = offers.get(owner);
        return ofOwner == null ? null : ofOwner.get(service);
    }

    /** The hash of one owner's offers; 0 if there are none. */
    long hash(NodeId owner) {
        long sum = 0;
        for (Rumor.OfService offer : of(owner)) {
            sum += Hashes.mix(offer.service().hashCode(), offer.version());
        }
        return sum;
    }

    /** The hash of all offers of live nodes: the dead are remembered for different times. */
    long hash() {
        long sum = 0;
        for (Body.OwnerHash owner : owners()) {
            sum += Hashes.mix(owner.owner().hashCode(), owner.hash());
        }
        return sum;
    }

    List<Body.OwnerHash> owners() {
        List<Body.OwnerHash> owners = new ArrayList<>();
        for (NodeId owner : offers.keySet()) {
            if (owner.equals(local.id()) || visible(owner)) {
                owners.add(new Body.OwnerHash(owner, hash(owner)));
            }
        }
        return owners;
    }
}
