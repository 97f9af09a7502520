package io.holdfast.sharding.placement;

import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which candidate has which shard while a plan is made. It begins with what the map says, where a shard that is on its way counts as its target's. For use by one thread.
 */
final class Layout {
    private final ShardMap map;
    private final Fitness fitness;
    private final Candidates candidates;
    private final Loads loads;
    /** The candidate that has a shard, or {@link Candidates#NONE}. */
    private final int[] at;
    /** Shards that are on their way or pinned where they are: they are moved for no other's sake. */
    private final boolean[] still;

    private final @Nullable Reason[] causes;
    private final String[] words;

    Layout(ShardMap map, Fitness fitness, Candidates candidates) {
        this.map = map;
        this.fitness = fitness;
        this.candidates = candidates;
        this.loads = new Loads(candidates);
        this.at = new int[candidates.shards];
        this.still = new boolean[candidates.shards];
        this.causes = new @Nullable Reason[candidates.shards];
        this.words = new String[candidates.shards];
        Arrays.fill(at, Candidates.NONE);
        Arrays.fill(words, "");
        for (int shard = 0; shard < at.length; shard++) {
            begin(shard, map.at(shard));
        }
    }

    private void begin(int shard, Ownership now) {
        int owner = number(now.owner());
        int target = number(now.target());
        boolean served = now.owner().filter(fitness::live).isPresent();
        if (target != Candidates.NONE) {
            put(shard, target);
            still[shard] = true;
        } else if (owner != Candidates.NONE) {
            put(shard, owner);
        }
        if (target == Candidates.NONE && owner == Candidates.NONE || !served) {
            causes[shard] = now.owner().flatMap(fitness::against).orElse(Reason.NOBODY);
            words[shard] = now.owner().map(fitness::words).orElse("nobody owns it");
        }
    }

    private int number(Optional<Host> host) {
        return host.map(candidates::number).orElse(Candidates.NONE);
    }

    private boolean allowed(@Nullable Reason reason) {
        return !map.rules().paused() || (reason != null && reason.evenIfPaused());
    }

    boolean paused() {
        return map.rules().paused();
    }

    Loads loads() {
        return loads;
    }

    /** The shards that need a candidate, in order. */
    List<Integer> loose() {
        return IntStream.range(0, at.length).filter(this::isLoose).boxed().toList();
    }

    private boolean isLoose(int shard) {
        return at[shard] == Candidates.NONE && allowed(causes[shard]);
    }

    /** Moves each pinned shard to where it is wanted. */
    void obeyPins() {
        for (int shard = 0; shard < at.length; shard++) {
            int pin = candidates.pin(shard);
            if (pin == Candidates.NONE || (paused() && !isLoose(shard))) {
                continue;
            }
            still[shard] = true;
            if (at[shard] != pin) {
                String why = "it is pinned to " + candidates.host(pin);
                if (isLoose(shard)) {
                    words[shard] += "; " + why;
                } else {
                    take(shard, Reason.PINNED, why);
                }
                put(shard, pin);
            }
        }
    }

    void put(int shard, int node) {
        at[shard] = node;
        loads.add(node);
    }

    /** Takes a shard from its candidate; the first cause that it had to go for stays. */
    void take(int shard, Reason cause, String why) {
        loads.remove(at[shard]);
        at[shard] = Candidates.NONE;
        blame(shard, cause, why);
    }

    /** The loads are moved already. */
    void moved(int shard, int to, Reason cause, String why) {
        at[shard] = to;
        blame(shard, cause, why);
    }

    private void blame(int shard, Reason cause, String why) {
        if (causes[shard] == null) {
            causes[shard] = cause;
            words[shard] = why;
        }
    }

    int at(int shard) {
        return at[shard];
    }

    boolean movable(int shard, int node) {
        return at[shard] == node && !still[shard];
    }

    /** What is to be done so that the map becomes this layout; empty if nothing is. */
    Optional<Move> move(int shard) {
        if (at[shard] == Candidates.NONE) {
            return Optional.empty();
        }
        Ownership now = map.at(shard);
        Host to = candidates.host(at[shard]);
        Optional<Host> from = now.owner();
        @Nullable Reason cause = causes[shard];
        if (from.filter(to::equals).isPresent()) {
            return now.target().map(target -> back(shard, to, target)).filter(move -> allowed(move.reason()));
        }
        // a shard that is on its way and served has no cause to move
        return cause == null ? Optional.empty() : Optional.of(new Move(shard, from, to, cause, words[shard]));
    }

    private Move back(int shard, Host owner, Host target) {
        Optional<Reason> against = fitness.against(target);
        String why = against.isPresent() ? fitness.words(target) : "it is pinned to " + owner;
        return new Move(
                shard,
                Optional.of(owner),
                owner,
                against.orElse(Reason.PINNED),
                why + "; " + owner + ", which was to give it away, keeps it");
    }

    /** Why a shard finds no candidate; empty if it has one, or may stay where it is. */
    Optional<Homeless> homeless(int shard) {
        @Nullable Reason cause = causes[shard];
        if (at[shard] != Candidates.NONE || cause == null || !allowed(cause)) {
            return Optional.empty();
        }
        return Optional.of(new Homeless(
                shard,
                cause,
                "shard " + shard + " of space " + map.space() + " must have another owner (" + words[shard] + "), and "
                        + fitness.nobody()));
    }
}
