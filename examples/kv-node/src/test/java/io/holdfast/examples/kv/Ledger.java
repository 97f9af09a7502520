package io.holdfast.examples.kv;

import static org.awaitility.Awaitility.await;

import io.holdfast.examples.kv.KvClient.Reply;
import io.holdfast.examples.kv.KvClient.Request;
import io.holdfast.examples.kv.Subject.Counts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Keys that are written once each: the acknowledged ones must all be there in the end, those that surely failed must not. Safe for use by many threads. */
final class Ledger {
    private static final int KEYS_A_PAGE = 5_000;

    private final AtomicInteger next = new AtomicInteger();
    private final Set<Integer> pages = new ConcurrentSkipListSet<>();
    private final Map<String, Boolean> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger unknown = new AtomicInteger();

    Reply act(Actor actor) {
        int number = next.getAndIncrement();
        int page = number / KEYS_A_PAGE;
        pages.add(page);
        String entry = "ledger-" + page + "-" + number;
        Reply reply = actor.send(new Request("PUT", "/kv/" + entry, entry));
        if (reply instanceof Reply.Unknown) {
            unknown.incrementAndGet();
        } else {
            acknowledged.put(entry, reply instanceof Reply.Done);
        }
        return reply;
    }

    Counts counts() {
        int ok = (int) acknowledged.values().stream().filter(done -> done).count();
        return new Counts(ok, acknowledged.size() - ok, unknown.get());
    }

    /** What stands there now by one node, which is asked until it tells. */
    private static List<String> page(Actor actor, int node, int page) {
        AtomicReference<List<String>> lines = new AtomicReference<>(List.of());
        await("page " + page + " of the ledger at n" + node)
                .atMost(KvCluster.LIMIT)
                .until(() -> {
                    Reply reply = actor.send(node, Request.get("/kv?prefix=ledger-" + page + "-"));
                    if (reply instanceof Reply.Done done) {
                        lines.set(done.body().lines().toList());
                    }
                    return reply instanceof Reply.Done;
                });
        return lines.get();
    }

    /** What is wrong by what one node says, after all writers have stopped. */
    List<String> problems(Actor actor, int node) {
        Set<String> present = new HashSet<>();
        pages.forEach(page -> present.addAll(page(actor, node, page)));
        List<String> problems = new ArrayList<>();
        acknowledged.forEach((entry, done) -> {
            if (done != present.contains(entry)) {
                problems.add(
                        done
                                ? entry + " was acknowledged and is lost, says n" + node
                                : entry + " was surely not done and is there, says n" + node);
            }
        });
        return problems;
    }
}
