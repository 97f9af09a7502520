package io.holdfast.benchmarks.shards;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Who fails next. For use by one thread. */
final class Victims {
    private final ShardCluster cluster;

    Victims(ShardCluster cluster) {
        this.cluster = cluster;
    }

    /** Nodes in turn, but each so-many-th is whoever leads the group in which the shard map lies. */
    List<String> one(int turn, int leaderEvery) {
        if (turn % leaderEvery == leaderEvery - 1) {
            return List.of(cluster.leader());
        }
        return inTurn(turn).subList(0, 1);
    }

    /** As many nodes as are to fail at once, the first of them in turn; one voter at most, so that a majority of three stays. */
    List<String> several(int turn, int atOnce) {
        Set<String> voters = cluster.voters();
        List<String> chosen = new ArrayList<>();
        boolean voter = false;
        for (String node : inTurn(turn)) {
            if (chosen.size() < atOnce && !(voter && voters.contains(node))) {
                chosen.add(node);
                voter |= voters.contains(node);
            }
        }
        return chosen;
    }

    private List<String> inTurn(int turn) {
        List<String> running = List.copyOf(cluster.running());
        int first = turn % running.size();
        List<String> order = new ArrayList<>(running.subList(first, running.size()));
        order.addAll(running.subList(0, first));
        return order;
    }
}
