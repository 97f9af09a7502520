package io.holdfast.benchmarks.membership;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Everything that can be measured, by the name in the table. */
final class Factories {
    private static final Map<String, Supplier<MemberFactory>> ALL = all();

    private Factories() {}

    private static Map<String, Supplier<MemberFactory>> all() {
        Map<String, Supplier<MemberFactory>> factories = new LinkedHashMap<>();
        factories.put("holdfast", HoldfastMembers::lan);
        factories.put("holdfast-local", HoldfastMembers::local);
        factories.put("jgroups", JGroupsMembers::defaults);
        factories.put("jgroups-fast", JGroupsMembers::fast);
        factories.put("scalecube", ScalecubeMembers::defaults);
        factories.put("scalecube-local", ScalecubeMembers::local);
        return factories;
    }

    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    static MemberFactory named(String name) {
        Supplier<MemberFactory> factory = ALL.get(name);
        if (factory == null) {
            throw new IllegalArgumentException("peer (" + name + ") must be one of " + names());
        }
        return factory.get();
    }
}
