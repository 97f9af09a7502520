package io.holdfast.sharding.handoff;

import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** For the coordinator: which hosts of the map are there, which are gone, and of which nothing is heard. Belongs to the protocol's thread. */
final class Attendance {
    /** A host in the map of which nothing is heard counts as gone after so many leases. */
    private static final int UNHEARD_LEASES = 5;

    private final Outlook outlook;
    /** Hosts in the map that are neither there nor known to be gone, and since when. */
    private final Map<Host, Long> unheard = new HashMap<>();

    Attendance(Outlook outlook) {
        this.outlook = outlook;
    }

    void forget() {
        unheard.clear();
    }

    /** Who is there, and who stands in the map and may be there: the planner is to leave those alone. */
    List<ShardMember> members(ShardMap map, long nowNanos) {
        Set<Host> gone = gone(map, nowNanos);
        List<ShardMember> members = new ArrayList<>();
        outlook.members().forEach(each -> members.add(each.member()));
        unheard.keySet().stream()
                .filter(host -> !gone.contains(host))
                .sorted()
                .forEach(host ->
                        members.add(new ShardMember(host, "", 100, map.rules().requires(), false)));
        return members;
    }

    /** The hosts of the map that are gone. One of which nothing was ever heard gets a while to be heard of. */
    private Set<Host> gone(ShardMap map, long nowNanos) {
        Set<Host> named = new HashSet<>();
        map.shards().forEach(own -> {
            own.owner().ifPresent(named::add);
            own.target().ifPresent(named::add);
        });
        named.removeIf(host -> outlook.neighbour(host).isPresent());
        unheard.keySet().retainAll(named);
        Set<Host> gone = new HashSet<>();
        for (Host host : named) {
            long since = unheard.computeIfAbsent(host, any -> nowNanos);
            long limit = outlook.lease().multipliedBy(UNHEARD_LEASES).toNanos();
            if (outlook.isGone(host) || nowNanos - since >= limit) {
                gone.add(host);
            }
        }
        return gone;
    }
}
