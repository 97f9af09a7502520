package io.holdfast.discovery.balance;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ServiceInstance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which instances one caller calls at all, so that 1000 callers of 1000 instances do not hold a million connections (Beyer et al., Site Reliability Engineering, chapter 20).
 *
 * <p>By rendezvous hashing of caller and instance: the same caller has the same subset whenever it starts, and an instance that comes or goes changes one place in few subsets. The book's
 * algorithm spreads callers evenly, but needs them to be numbered without gaps, and renumbers all when one leaves; here the callers of an instance vary by chance, with a deviation of about
 * the root of their mean.
 */
final class Subset {
    private Subset() {}

    /** The instances of a caller, in the order given; all of them if the size is 0. */
    static List<ServiceInstance> of(NodeId caller, List<ServiceInstance> instances, int size) {
        if (size == 0 || size >= instances.size()) {
            return instances;
        }
        long own = Hash64.of(caller.value());
        List<ServiceInstance> ranked = new ArrayList<>(instances);
        ranked.sort(Comparator.comparingLong((ServiceInstance each) ->
                        Hash64.mix(own ^ Hash64.of(each.node().value())))
                .thenComparing(each -> each.node().value()));
        Set<ServiceInstance> chosen = new HashSet<>(ranked.subList(0, size));
        return instances.stream().filter(chosen::contains).toList();
    }
}
