package io.holdfast.examples.streaming.playback;

import io.holdfast.core.Check;
import io.holdfast.service.NonBlocking;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keeps its copies in memory: they are lost with the process. At {@link #MAX_USERS} users the one who was away longest is forgotten. Safe for use by many threads.
 */
@NonBlocking
public final class PlaybackService implements Playback {
    /** The most users of one node. */
    static final int MAX_USERS = 50_000;

    private final String node;
    private final Map<String, History> users;

    /**
     * Makes a service that knows nobody.
     *
     * @param node the name of this node
     */
    public PlaybackService(String node) {
        this(node, MAX_USERS);
    }

    PlaybackService(String node, int maxUsers) {
        this.node = node;
        this.users = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, History> eldest) {
                return size() > maxUsers;
            }
        };
    }

    @Override
    public CompletionStage<History> history(String user) {
        synchronized (users) {
            return CompletableFuture.completedFuture(known(user));
        }
    }

    @Override
    public CompletionStage<History> merge(String user, List<Watched> watched) {
        Check.that(
                watched.size() <= History.MAX_TITLES,
                "history of %d titles must have at most %d",
                watched.size(),
                History.MAX_TITLES);
        synchronized (users) {
            History merged = known(user).merge(watched);
            users.put(user, merged);
            return CompletableFuture.completedFuture(merged);
        }
    }

    private History known(String user) {
        History known = users.get(user);
        return known == null ? new History(List.of(), node) : known;
    }
}
