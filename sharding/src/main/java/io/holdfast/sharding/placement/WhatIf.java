package io.holdfast.sharding.placement;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMember;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Members that come or go, supposed and not true, to see what would move. Immutable.
 *
 * @param leaving nodes that hand everything over and go
 * @param joining nodes that are not there
 */
public record WhatIf(Set<NodeId> leaving, List<ShardMember> joining) {
    /** Nobody comes or goes. */
    public static final WhatIf NOTHING = new WhatIf(Set.of(), List.of());

    /**
     * Copies the collections.
     *
     * @param leaving as the component
     * @param joining as the component
     */
    public WhatIf {
        leaving = Set.copyOf(leaving);
        joining = List.copyOf(joining);
    }

    /**
     * Lets a node go, too.
     *
     * @param node a member
     * @return a copy
     */
    public WhatIf leaves(NodeId node) {
        return new WhatIf(Stream.concat(leaving.stream(), Stream.of(node)).collect(Collectors.toSet()), joining);
    }

    /**
     * Lets a node come, too.
     *
     * @param node its name, which decides what it gets
     * @param zone where it stands; empty if it does not tell
     * @param weight as {@code holdfast.sharding.weight}, 1 to 1,000,000; 100 is usual
     * @param labels what it says of itself
     * @return a copy
     * @throws IllegalArgumentException if the weight is out of bounds
     */
    public WhatIf joins(NodeId node, String zone, int weight, Set<String> labels) {
        ShardMember member = new ShardMember(new Host(node, 0), zone, weight, labels, false);
        return new WhatIf(
                leaving, Stream.concat(joining.stream(), Stream.of(member)).toList());
    }

    /**
     * Who would be there.
     *
     * @param present the members that are there
     * @return them, as supposed
     * @throws IllegalArgumentException if a node leaves that is not there, or one joins that is
     */
    public List<ShardMember> members(Collection<ShardMember> present) {
        Set<NodeId> names =
                present.stream().map(each -> each.host().node()).collect(Collectors.toCollection(TreeSet::new));
        leaving.forEach(node -> Check.that(
                names.contains(node), "node (%s) that leaves must be a member, one of %s", node, List.copyOf(names)));
        List<ShardMember> supposed = new ArrayList<>();
        for (ShardMember each : present) {
            supposed.add(
                    leaving.contains(each.host().node())
                            ? new ShardMember(each.host(), each.zone(), each.weight(), each.labels(), true)
                            : each);
        }
        for (ShardMember each : joining) {
            Check.that(
                    names.add(each.host().node()),
                    "node (%s) that joins must not be a member; take a name that is not one of %s",
                    each.host(),
                    List.copyOf(names));
            supposed.add(each);
        }
        return List.copyOf(supposed);
    }
}
