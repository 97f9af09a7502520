package io.holdfast.sharding.handoff;

import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.Membership;
import io.holdfast.sharding.map.ShardMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts together what membership and the bulletin say of the nodes that can own shards. Safe for use by many threads. */
final class Roster {
    private static final Logger log = LoggerFactory.getLogger(Roster.class);
    private static final int MAX_SEEN = 10_000;

    private final Membership membership;
    private final Bulletin bulletin;
    private final Consumer<ShardRequest> loop;
    /** Of whom it may have to be known that they are gone. */
    private final Set<NodeId> seen = new TreeSet<>();

    private ShardNote own;
    private volatile List<Neighbour> members = List.of();

    Roster(Membership membership, Bulletin bulletin, ShardNote own, Consumer<ShardRequest> loop) {
        this.membership = membership;
        this.bulletin = bulletin;
        this.own = own;
        this.loop = loop;
    }

    List<Neighbour> members() {
        return members;
    }

    synchronized void tell(ShardNote note) {
        own = note;
        bulletin.publish(ShardNote.TOPIC, note.bytes());
        look();
    }

    synchronized void onMap(ShardMap map) {
        Set<NodeId> named = new HashSet<>();
        map.shards().forEach(shard -> {
            shard.owner().ifPresent(host -> named.add(host.node()));
            shard.target().ifPresent(host -> named.add(host.node()));
        });
        if (!seen.containsAll(named)) {
            seen.addAll(named);
            look();
        }
    }

    /** Something has changed. The lock keeps what the loop is told in the order in which it was seen. */
    synchronized void look() {
        Map<NodeId, byte[]> notes = bulletin.values(ShardNote.TOPIC);
        List<Neighbour> found = new ArrayList<>();
        for (Member member : membership.members()) {
            if (seen.size() < MAX_SEEN) {
                seen.add(member.id());
            }
            byte[] note = notes.get(member.id());
            if (member.id().equals(membership.self().id())) {
                found.add(new Neighbour(own.member(member.id(), member.zone()), member.address()));
            } else if (note != null) {
                add(member, note, found);
            }
        }
        Set<NodeId> gone = new HashSet<>();
        seen.stream()
                .filter(node -> membership
                        .member(node)
                        .filter(member -> member.state() == MemberState.DEAD || member.state() == MemberState.LEFT)
                        .isPresent())
                .forEach(gone::add);
        members = List.copyOf(found);
        loop.accept(new ShardRequest.MembersSeen(found, gone));
    }

    private void add(Member member, byte[] bytes, List<Neighbour> found) {
        try {
            ShardNote note = ShardNote.of(bytes);
            if (note.space().equals(own.space())) {
                found.add(new Neighbour(note.member(member.id(), member.zone()), member.address()));
            }
        } catch (ProtocolException e) {
            log.debug("what node {} says of its shards is not read: {}", member.id(), e.getMessage());
        }
    }
}
