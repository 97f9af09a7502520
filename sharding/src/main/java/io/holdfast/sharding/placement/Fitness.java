package io.holdfast.sharding.placement;

import io.holdfast.core.Check;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMember;
import io.holdfast.sharding.map.ShardRules;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who may own shards, and why the others may not. */
final class Fitness {
    private static final int NAMED = 8;

    private final Map<Host, ShardMember> members = new TreeMap<>();
    private final ShardRules rules;

    Fitness(ShardRules rules, Collection<ShardMember> members) {
        this.rules = rules;
        members.forEach(member -> Check.that(
                this.members.put(member.host(), member) == null,
                "member %s (run %d) is named twice; name each process once",
                member.host(),
                member.host().run()));
    }

    /** All, in order of their names. */
    List<ShardMember> members() {
        return List.copyOf(members.values());
    }

    boolean live(Host host) {
        return members.containsKey(host);
    }

    /** Why it may own nothing. */
    Optional<Reason> against(Host host) {
        @Nullable ShardMember member = members.get(host);
        if (member == null) {
            return Optional.of(Reason.GONE);
        }
        if (member.leaving()) {
            return Optional.of(Reason.LEAVING);
        }
        if (rules.bans().contains(host.node())) {
            return Optional.of(Reason.BANNED);
        }
        return missing(member).isEmpty() ? Optional.empty() : Optional.of(Reason.UNFIT);
    }

    private Set<String> missing(ShardMember member) {
        Set<String> missing = new TreeSet<>(rules.requires());
        missing.removeAll(member.labels());
        return missing;
    }

    /** The same for people, as a clause. */
    String words(Host host) {
        @Nullable ShardMember member = members.get(host);
        if (member == null) {
            return host + " (run " + host.run() + ") is no member any more";
        }
        if (member.leaving()) {
            return host + " is leaving";
        }
        return rules.bans().contains(host.node())
                ? host + " is banned"
                : host + " lacks the labels " + missing(member) + " of the required " + rules.requires();
    }

    /** Why nobody may own shards, and what to do. */
    String nobody() {
        if (members.isEmpty()) {
            return "no node is a member; start one that can own shards";
        }
        String clauses = members.keySet().stream().limit(NAMED).map(this::words).collect(Collectors.joining(", "));
        String more = members.size() > NAMED ? " and " + (members.size() - NAMED) + " more" : "";
        return "no member may own shards: " + clauses + more
                + "; start another node, lift a ban, or give nodes the required labels";
    }
}
