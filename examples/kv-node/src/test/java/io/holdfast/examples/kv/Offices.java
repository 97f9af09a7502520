package io.holdfast.examples.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.testkit.cluster.ProcessNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Harms nodes that want a lock and an office and do a leader-only job, and compares the times in which they had them. For use by one thread. */
final class Offices {
    private static final Pattern HELD = Pattern.compile("held (lock|office|job) (\\d+) (-?\\d+) (-?\\d+)");

    /** From when to when the holder of a token surely held it. */
    private record Held(String node, long token, long first, long last) {}

    private final KvCluster cluster;
    private final RandomGenerator random;

    Offices(KvCluster cluster, RandomGenerator random) {
        this.cluster = cluster;
        this.random = random;
    }

    /** Each fault meets the node that holds the office or does the job, by turns; the next one must come by itself. */
    void run(int faults) {
        awaitNext("office", 0);
        awaitNext("job", 0);
        for (int i = 0; i < faults; i++) {
            harm(i % 2 == 0 ? "office" : "job");
            awaitNext("lock", latest("lock").token());
        }
        judge("lock", faults);
        judge("office", faults);
        judge("job", faults);
    }

    private void harm(String what) {
        Held holder = latest(what);
        ProcessNode node = cluster.nodes().stream()
                .filter(each -> each.name().equals(holder.node()))
                .findFirst()
                .orElseThrow();
        switch (random.nextInt(3)) {
            case 0 -> {
                node.kill();
                awaitNext(what, holder.token());
                node.restart().awaitReady(KvCluster.LIMIT);
            }
            case 1 -> {
                node.pause();
                awaitNext(what, holder.token());
                node.resume();
            }
            default -> {
                cluster.nodes().stream().filter(other -> other != node).forEach(other -> cluster.cutBoth(node, other));
                awaitNext(what, holder.token());
                cluster.healLinks();
            }
        }
    }

    private void awaitNext(String what, long token) {
        await("a later holder of the " + what)
                .atMost(KvCluster.LIMIT)
                .until(() -> held(what).stream().anyMatch(held -> held.token() > token));
    }

    private Held latest(String what) {
        List<Held> all = held(what);
        return all.get(all.size() - 1);
    }

    /** In the order of the tokens. */
    private List<Held> held(String what) {
        Map<Long, Held> byToken = new TreeMap<>();
        for (ProcessNode node : cluster.nodes()) {
            for (String line : node.output()) {
                Matcher match = HELD.matcher(line);
                if (match.matches() && match.group(1).equals(what)) {
                    long token = Long.parseLong(match.group(2));
                    Held held = new Held(
                            node.name(), token, Long.parseLong(match.group(3)), Long.parseLong(match.group(4)));
                    byToken.merge(token, held, Offices::longer);
                }
            }
        }
        return List.copyOf(byToken.values());
    }

    /** One holder says it again and again; two would be told apart by their nodes. */
    private static Held longer(Held one, Held other) {
        assertThat(other.node()).as("token %d has two holders", one.token()).isEqualTo(one.node());
        return new Held(
                one.node(), one.token(), Math.min(one.first(), other.first()), Math.max(one.last(), other.last()));
    }

    private void judge(String what, int faults) {
        List<Held> all = held(what);
        List<String> problems = new ArrayList<>();
        Map<String, Integer> byNode = new HashMap<>();
        Set<Long> tokens = new TreeSet<>();
        for (int i = 0; i < all.size(); i++) {
            byNode.merge(all.get(i).node(), 1, Integer::sum);
            tokens.add(all.get(i).token());
            if (i > 0 && all.get(i - 1).last() >= all.get(i).first()) {
                problems.add(all.get(i - 1) + " overlaps " + all.get(i));
            }
        }
        System.out.println(what + ": " + tokens.size() + " tokens, by node " + byNode + ", " + faults
                + " faults at the holders of the office and the job, " + problems.size() + " overlaps");
        assertThat(problems).isEmpty();
    }
}
