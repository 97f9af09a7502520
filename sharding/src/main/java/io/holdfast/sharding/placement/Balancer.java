package io.holdfast.sharding.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Gives every shard a candidate within the bounds of nodes and zones, with as few moves as there can be. The bounds are nested (a node's in its zone's), so an even layout exists, and each step below brings it nearer: what
 * must go goes, every loose shard goes where the score is highest among those that have room, and to those in need alone when just enough are left for them; what is needed still comes from where there is most. This is
 * rendezvous with bounded loads (Mirrokni, Thorup and Zadimoghaddam, SODA 2018, "Consistent hashing with bounded loads"), with a lower bound too and faithful to the present owners. For use by one thread.
 */
final class Balancer {
    private final Candidates candidates;
    private final Layout layout;
    private final Loads loads;
    private final Words words;
    private final int[] nodes;
    private final boolean[] hungry;

    Balancer(Candidates candidates, Layout layout) {
        this.candidates = candidates;
        this.layout = layout;
        this.loads = layout.loads();
        this.words = new Words(candidates, loads);
        this.nodes = IntStream.range(0, candidates.count()).toArray();
        this.hungry = new boolean[nodes.length];
    }

    void run() {
        layout.obeyPins();
        for (int node : nodes) {
            hungry[node] = loads.lacks(node);
        }
        List<Integer> loose = layout.loose();
        List<Integer> shed = layout.paused() ? List.of() : shed();
        int left = loose.size() + shed.size();
        for (int shard : loose) {
            place(shard, left--);
        }
        for (int shard : shed) {
            place(shard, left--);
        }
        while (!layout.paused() && loads.need() > 0) {
            if (!draw()) {
                return; // only shards on their way are left to take; when they have arrived it goes on
            }
        }
    }

    private List<Integer> shed() {
        List<Integer> shed = new ArrayList<>();
        for (int node : nodes) {
            while (loads.surplus(node) > 0 && give(node, Reason.BALANCE, words.node(node), shed)) {
                continue;
            }
        }
        for (int zone = 0; zone < candidates.zones.length; zone++) {
            while (loads.zoneSurplus(zone) > 0 && giveOneOf(zone, shed)) {
                continue;
            }
        }
        return shed;
    }

    /** Where most is, one shard goes: since the zone has too many, or has no room for what others of its nodes lack. */
    private boolean giveOneOf(int zone, List<Integer> shed) {
        List<Integer> its = Arrays.stream(nodes)
                .filter(node -> candidates.zoneOf(node) == zone)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(loads::ratio).reversed())
                .toList();
        boolean full = loads.ofZone(zone) > candidates.zones[zone].high();
        Reason cause = full ? Reason.ZONE : Reason.BALANCE;
        String why = full ? words.zone(zone) : words.node(its.get(its.size() - 1));
        return its.stream().anyMatch(node -> loads.spares(node) && give(node, cause, why, shed));
    }

    private boolean give(int node, Reason cause, String why, List<Integer> shed) {
        int[] takers = Arrays.stream(nodes).filter(other -> hungry[other]).toArray();
        int shard = lightest(node, takers.length == 0 ? nodes : takers);
        if (shard < 0) {
            return false;
        }
        layout.take(shard, cause, why);
        shed.add(shard);
        return true;
    }

    /** The shard of a node that likes the takers most, compared with the node; negative if none may go. */
    private int lightest(int node, int... takers) {
        int best = -1;
        double most = -1;
        for (int shard = 0; shard < candidates.shards; shard++) {
            if (layout.movable(shard, node)) {
                double score = 0;
                for (int taker : takers) {
                    score = Math.max(score, taker == node ? 0 : candidates.score(taker, shard));
                }
                if (score / candidates.score(node, shard) > most) {
                    most = score / candidates.score(node, shard);
                    best = shard;
                }
            }
        }
        return best;
    }

    private void place(int shard, int left) {
        boolean scarce = loads.need() >= left;
        int best = best(shard, node -> loads.hasRoom(node) && (!scarce || loads.helps(node)));
        if (best < 0) { // shards on their way stand in between: the least loaded until they have arrived
            best = Arrays.stream(nodes)
                    .boxed()
                    .min(Comparator.comparingDouble(loads::ratio))
                    .orElseThrow();
        }
        layout.put(shard, best);
    }

    private int best(int shard, IntPredicate allowed) {
        int best = -1;
        for (int node : nodes) {
            if (allowed.test(node) && (best < 0 || candidates.score(node, shard) > candidates.score(best, shard))) {
                best = node;
            }
        }
        return best;
    }

    /** One shard from where there is most to where there is least. */
    private boolean draw() {
        List<Integer> byLoad = Arrays.stream(nodes)
                .boxed()
                .sorted(Comparator.comparingDouble(loads::ratio))
                .toList();
        for (int to : byLoad) {
            for (int i = byLoad.size() - 1; i >= 0 && loads.helps(to); i--) {
                int from = byLoad.get(i);
                if (from != to && loads.spares(from) && draw(from, to)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean draw(int from, int to) {
        Reason cause = loads.lacks(to) ? Reason.BALANCE : Reason.ZONE;
        int shard = lightest(from, to);
        if (shard < 0 || !loads.moved(from, to)) {
            return false;
        }
        String why = cause == Reason.BALANCE ? words.node(to) : words.zone(candidates.zoneOf(to));
        layout.moved(shard, to, cause, why);
        return true;
    }
}
