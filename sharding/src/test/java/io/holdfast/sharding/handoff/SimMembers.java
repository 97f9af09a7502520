package io.holdfast.sharding.handoff;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMember;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** What one node believes of the others: a failure detector that is late, and wrong at times. */
final class SimMembers {
    private record Note(Host host, boolean leaving) {}

    private final SplittableRandom random;
    private final long silenceMillis;
    private final Map<String, Long> heard = new TreeMap<>();
    private final Map<String, Note> notes = new TreeMap<>();
    private final Map<String, Long> wronglyDeadUntil = new TreeMap<>();
    private int life;
    private Optional<ShardRequest.MembersSeen> told = Optional.empty();

    SimMembers(SplittableRandom random) {
        this.random = random;
        this.silenceMillis = 800 + random.nextInt(1700);
    }

    /** A new process has heard of nobody. */
    void began(int newLife) {
        if (newLife != life) {
            life = newLife;
            heard.clear();
            notes.clear();
            told = Optional.empty();
        }
    }

    void hears(String node, SimShards it, long nowMillis) {
        heard.put(node, nowMillis);
        if (random.nextInt(10) < 7) {
            notes.put(node, new Note(it.self, !it.offers()));
        }
    }

    void believeDead(String node, long untilMillis) {
        wronglyDeadUntil.put(node, untilMillis);
    }

    void heal() {
        wronglyDeadUntil.clear();
    }

    /** What is to be told, if anything has changed. */
    Optional<ShardRequest.MembersSeen> news(String self, long nowMillis, Map<String, Address> at) {
        List<Neighbour> members = new ArrayList<>();
        Set<NodeId> gone = new HashSet<>();
        heard.forEach((node, when) -> {
            boolean silent = nowMillis - when > silenceMillis || wronglyDeadUntil.getOrDefault(node, 0L) > nowMillis;
            Note note = notes.get(node);
            if (silent && !node.equals(self)) {
                gone.add(NodeId.of(node));
            } else if (note != null) {
                members.add(
                        new Neighbour(new ShardMember(note.host(), "", 100, Set.of(), note.leaving()), at.get(node)));
            }
        });
        ShardRequest.MembersSeen now = new ShardRequest.MembersSeen(members, gone);
        if (told.filter(now::equals).isPresent()) {
            return Optional.empty();
        }
        told = Optional.of(now);
        return told;
    }
}
