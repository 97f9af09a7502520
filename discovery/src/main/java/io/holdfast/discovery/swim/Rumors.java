package io.holdfast.discovery.swim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rumours that wait to be spread, each at most lambda * log(n) times, the least sent first (SWIM, section 4.1). Bounded by its keys: one rumour for each member, offer and note.
 */
final class Rumors {
    /** The room for rumours in one packet, in bytes: what does not fit goes with the next one. */
    static final int BUDGET = 8 * 1024;

    private static final class Waiting {
        final Rumor rumor;
        int sent;

        Waiting(Rumor rumor) {
            this.rumor = rumor;
        }
    }

    private final Map<Object, Waiting> waiting = new LinkedHashMap<>();

    void add(Rumor rumor) {
        // removed first, so that the order stays that of the news
        waiting.remove(rumor.subject());
        waiting.put(rumor.subject(), new Waiting(rumor));
    }

    void forget(Object subject) {
        waiting.remove(subject);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }

    /** Takes the rumours for one packet and counts them as sent. Notes come last: much talk on the bulletin must not slow the news of who lives. */
    List<Rumor> take(int limit) {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<Waiting> least = new ArrayList<>(waiting.values());
        if (least.size() > 1) {
            least.sort(Comparator.<Waiting, Boolean>comparing(item -> item.rumor instanceof Rumor.OfNote)
                    .thenComparingInt(item -> item.sent));
        }
        List<Rumor> taken = new ArrayList<>(Math.min(least.size(), 32));
        int bytes = 0;
        for (Waiting item : least) {
            bytes += item.rumor.weight();
            if (bytes > BUDGET && !taken.isEmpty()) {
                break;
            }
            taken.add(item.rumor);
            if (++item.sent >= limit) {
                waiting.remove(item.rumor.subject());
            }
        }
        return taken;
    }
}
