package io.holdfast.sharding.handoff;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardTerms;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a node knows: the latest map, who is there, who leads. Belongs to the protocol's thread. */
final class Outlook {
    private final Host self;
    private final HandoffRules rules;
    private final Map<NodeId, Neighbour> members = new TreeMap<>();
    private Set<NodeId> gone = Set.of();
    private Optional<NodeId> leader = Optional.empty();
    private final ShardTerms own;
    private ShardMap map;
    private boolean read;
    private long readBeganNanos;

    Outlook(Host self, HandoffRules rules, ShardMap empty, ShardTerms own) {
        this.self = self;
        this.rules = rules;
        this.map = empty;
        this.own = own;
    }

    Host self() {
        return self;
    }

    HandoffRules rules() {
        return rules;
    }

    ShardMap map() {
        return map;
    }

    /** What this node was started with. */
    ShardTerms own() {
        return own;
    }

    /** The lease of the map, or, as long as there is none, that with which this node would found one. */
    Duration lease() {
        return map.revision() == 0 ? own.lease() : map.terms().lease();
    }

    void map(ShardMap newer) {
        map = newer;
    }

    Ownership at(int shard) {
        return map.at(shard);
    }

    /** Whether the table has told what stands in it, be it nothing. */
    boolean wasRead() {
        return read;
    }

    void onRead(long beganNanos) {
        readBeganNanos = read && readBeganNanos - beganNanos > 0 ? readBeganNanos : beganNanos;
        read = true;
    }

    /** Whether the map is at least as new as the table was at an instant. */
    boolean wasReadSince(long nanos) {
        return read && readBeganNanos - nanos >= 0;
    }

    void members(ShardRequest.MembersSeen seen) {
        members.clear();
        seen.members().forEach(each -> members.put(each.member().host().node(), each));
        gone = seen.gone();
    }

    Collection<Neighbour> members() {
        return members.values();
    }

    void leader(Optional<NodeId> seen) {
        leader = seen;
    }

    boolean leads() {
        return leader.filter(self.node()::equals).isPresent();
    }

    Optional<Address> leaderAddress() {
        return leader.map(members::get).map(Neighbour::address);
    }

    Optional<Address> address(Host host) {
        return neighbour(host).map(Neighbour::address);
    }

    /** A host that is there in this very run. */
    Optional<Neighbour> neighbour(Host host) {
        return Optional.ofNullable(members.get(host.node()))
                .filter(each -> each.member().host().equals(host));
    }

    boolean isGone(Host host) {
        Optional<Host> present = Optional.ofNullable(members.get(host.node()))
                .map(each -> each.member().host());
        return rules.isGone(host, present, gone.contains(host.node()));
    }

    boolean isSelf(Optional<Host> host) {
        return host.filter(named -> rules.isSelf(named, self)).isPresent();
    }
}
