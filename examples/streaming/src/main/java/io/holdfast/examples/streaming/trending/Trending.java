package io.holdfast.examples.streaming.trending;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.Versioned;
import io.holdfast.core.cluster.ReadConsistency;
import java.util.Optional;

/** Where the row of trending titles stands. Safe for use by many threads. */
public final class Trending {
    private static final String NOW = "now";

    private final ReplicatedMap<String, TrendingRow> rows;

    /**
     * Opens the map.
     *
     * @param consensus of this node
     */
    public Trending(Consensus consensus) {
        rows = consensus.map("trending", String.class, TrendingRow.class);
    }

    /**
     * The row as this node's replica knows it: a page is as good with the row of a second ago, and must not wait for an election.
     *
     * @return the row
     */
    public TrendingRow row() {
        return rows.entry(NOW, ReadConsistency.LOCAL).map(Versioned::value).orElse(TrendingRow.NONE);
    }

    /**
     * Shows a row, unless one of a later term is there: who was deposed and does not know it yet shall not overwrite what its successor wrote.
     *
     * @param row the row
     * @return false if a later term has written, or did so meanwhile
     */
    public boolean publish(TrendingRow row) {
        Optional<Versioned<TrendingRow>> shown = rows.entry(NOW, ReadConsistency.LINEARIZABLE);
        if (shown.isEmpty()) {
            return rows.putIfAbsent(NOW, row).applied();
        }
        return shown.get().value().term() <= row.term()
                && rows.replace(NOW, row, shown.get().version()).applied();
    }
}
