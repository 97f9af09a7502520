package io.holdfast.examples.streaming.trending;

import io.holdfast.core.Check;
import io.holdfast.examples.streaming.trending.TrendingRow.PlayedTitle;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts the newest so many plays by title. For use by one thread. */
final class PlayWindow {
    private static final Comparator<PlayedTitle> MOST_FIRST =
            Comparator.comparingInt(PlayedTitle::plays).reversed().thenComparingInt(PlayedTitle::title);

    private final int size;
    private final Deque<Integer> newest = new ArrayDeque<>();
    private final Map<Integer, Integer> counts = new HashMap<>();

    PlayWindow(int size) {
        this.size = (int) Check.between("size", size, 1, Plays.RETAINED);
    }

    int size() {
        return size;
    }

    void add(int title) {
        newest.add(title);
        counts.merge(title, 1, Integer::sum);
        if (newest.size() > size) {
            counts.computeIfPresent(newest.remove(), (gone, count) -> count == 1 ? null : count - 1);
        }
    }

    List<PlayedTitle> top(int limit) {
        return counts.entrySet().stream()
                .map(one -> new PlayedTitle(one.getKey(), one.getValue()))
                .sorted(MOST_FIRST)
                .limit(limit)
                .toList();
    }
}
