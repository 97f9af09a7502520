package io.holdfast.discovery.swim;

import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What nodes say of themselves, by owner and key. Each record is one that its owner alone versions; the higher version wins, so deltas may arrive in any order. A record taken back stays as one
 * that is not present. Records of the dead are hidden, and come back with them. Bounded: so many keys an owner, {@code maxMembers} owners; what passes a bound is dropped and told.
 *
 * @param <K> the keys of one owner
 * @param <R> the records
 */
abstract class OwnedTable<K extends Comparable<K>, R extends Rumor.Owned<K>> {
    final LocalNode local;
    private final Map<NodeId, TreeMap<K, R>> records = new HashMap<>();
    private long version;

    OwnedTable(LocalNode local) {
        this.local = local;
    }

    /** For messages: what a record is. */
    abstract String what();

    /** How many keys one owner may have. */
    abstract int maxKeys();

    /** The least version of this run of the process: above all of earlier runs. */
    abstract long firstVersion();

    /** The record that takes the owner's record of this key back. */
    abstract R withdrawn(NodeId owner, K key, long newVersion);

    /** The same under another version. */
    abstract R renewed(R current, long newVersion);

    /** Whether the two tell the same; both may be null. */
    abstract boolean same(@Nullable R before, R now);

    abstract void publish(R record, Outbox<Packet, SwimTimer, SwimEvent> out);

    long nextVersion() {
        version = Math.max(version, firstVersion()) + 1;
        return version;
    }

    void own(R record, Outbox<Packet, SwimTimer, SwimEvent> out) {
        put(record, true, out);
    }

    void apply(R rumor, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (rumor.version() > LocalNode.MAX_NUMBER) {
            local.decide(
                    SwimEvent.Decision.DROP, rumor.owner(), what() + " with broken version " + rumor.version(), out);
        } else if (rumor.owner().equals(local.id())) {
            answerForSelf(rumor, out);
        } else {
            R current = find(rumor.owner(), rumor.key());
            if ((current == null || rumor.version() > current.version()) && hasRoom(rumor.owner(), rumor.key(), out)) {
                put(rumor, visible(rumor.owner()), out);
            }
        }
    }

    /** What others say of this node's records counts only as a version to pass: an older run of this node may have made it. */
    private void answerForSelf(R rumor, Outbox<Packet, SwimTimer, SwimEvent> out) {
        R current = find(local.id(), rumor.key());
        boolean stranger = current == null
                || rumor.version() > current.version()
                || (rumor.version() == current.version() && !rumor.equals(current));
        if (!stranger || (current == null && !hasRoom(local.id(), rumor.key(), out))) {
            return;
        }
        version = Math.max(version, rumor.version());
        long passing = nextVersion();
        own(current == null ? withdrawn(local.id(), rumor.key(), passing) : renewed(current, passing), out);
    }

    boolean hasRoom(NodeId owner, K key, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Map<K, R> ofOwner = records.get(owner);
        boolean room;
        if (ofOwner == null) {
            room = records.size() < local.config.maxMembers() || dropStranger();
        } else {
            room = ofOwner.containsKey(key) || ofOwner.size() < maxKeys();
        }
        if (!room) {
            local.decide(
                    SwimEvent.Decision.DROP,
                    owner,
                    what() + " " + key + " is dropped: at most " + maxKeys() + " names a node and "
                            + local.config.maxMembers() + " nodes are kept",
                    out);
        }
        return room;
    }

    /** Makes room by forgetting the records of a node that is no member. */
    private boolean dropStranger() {
        for (NodeId owner : records.keySet()) {
            if (!owner.equals(local.id()) && local.members.find(owner) == null) {
                records.remove(owner);
                return true;
            }
        }
        return false;
    }

    private void put(R rumor, boolean visible, Outbox<Packet, SwimTimer, SwimEvent> out) {
        R before = records.computeIfAbsent(rumor.owner(), id -> new TreeMap<>()).put(rumor.key(), rumor);
        if (visible && !same(before, rumor)) {
            publish(rumor, out);
        }
        local.spread(rumor);
    }

    private boolean visible(NodeId owner) {
        MemberTable.Entry entry = local.members.find(owner);
        return entry != null && entry.live();
    }

    /** A member came (back) or went: its records appear or vanish. */
    void onLive(NodeId owner, boolean live, Outbox<Packet, SwimTimer, SwimEvent> out) {
        for (R record : of(owner)) {
            if (record.present()) {
                publish(live ? record : withdrawn(owner, record.key(), record.version()), out);
            }
        }
    }

    void forget(NodeId owner) {
        for (R record : of(owner)) {
            local.rumors.forget(record.subject());
        }
        records.remove(owner);
    }

    /** Spreads what this node says of itself anew: it has just joined, or was thought dead. */
    void announceOwn() {
        of(local.id()).forEach(local::spread);
    }

    Collection<R> of(NodeId owner) {
        TreeMap<K, R> ofOwner = records.get(owner);
        return ofOwner == null ? List.of() : ofOwner.values();
    }

    @Nullable R find(NodeId owner, K key) {
        Map<K, R> ofOwner = records.get(owner);
        return ofOwner == null ? null : ofOwner.get(key);
    }

    /** The hash of one owner's records; 0 if there are none. */
    long hash(NodeId owner) {
        long sum = 0;
        for (R record : of(owner)) {
            sum += Hashes.mix(record.key().hashCode(), record.version());
        }
        return sum;
    }

    /** The hash of all records of live nodes: the dead are remembered for different times. */
    long hash() {
        long sum = 0;
        for (Body.OwnerHash owner : owners()) {
            sum += Hashes.mix(owner.owner().hashCode(), owner.hash());
        }
        return sum;
    }

    List<Body.OwnerHash> owners() {
        List<Body.OwnerHash> owners = new ArrayList<>();
        for (NodeId owner : records.keySet()) {
            if (owner.equals(local.id()) || visible(owner)) {
                owners.add(new Body.OwnerHash(owner, hash(owner)));
            }
        }
        return owners;
    }
}
