package io.holdfast.examples.streaming.chart;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.MapPart;
import io.holdfast.consensus.MapRange;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.Transaction;
import io.holdfast.consensus.Versioned;
import io.holdfast.core.cluster.ReadConsistency;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The plays of all time by title, and how far they are counted. Methods may throw what {@link ReplicatedMap} throws. Safe for use by many threads. */
public final class Charts {
    private static final String PLAYS = "plays";
    private static final int PAGE = 10_000;

    private final Consensus consensus;
    private final ReplicatedMap<Integer, Long> totals;
    private final ReplicatedMap<String, Counted> progress;

    /**
     * Opens the maps.
     *
     * @param consensus of this node
     */
    public Charts(Consensus consensus) {
        this.consensus = consensus;
        totals = consensus.map("play-totals", Integer.class, Long.class);
        progress = consensus.map("chart-progress", String.class, Counted.class);
    }

    /**
     * How often each title was played, as this node's replica knows it: last night's numbers are old anyway.
     *
     * @return plays by title id; only titles that were played
     */
    public Map<Integer, Long> totals() {
        return totals(ReadConsistency.LOCAL);
    }

    Map<Integer, Long> totals(ReadConsistency consistency) {
        Map<Integer, Long> all = new HashMap<>();
        Optional<MapRange<Integer>> range = Optional.of(MapRange.all());
        while (range.isPresent()) {
            MapPart<Integer, Long> page = totals.scan(range.get(), PAGE, consistency);
            page.entries().forEach(one -> all.put(one.key(), one.value().value()));
            range = page.rest();
        }
        return all;
    }

    /**
     * How far the counting has come.
     *
     * @param consistency how fresh the answer must be
     * @return the last counting
     */
    public Counted counted(ReadConsistency consistency) {
        return entry(consistency).map(Versioned::value).orElse(Counted.NOTHING);
    }

    Optional<Versioned<Counted>> entry(ReadConsistency consistency) {
        return progress.entry(PLAYS, consistency);
    }

    /**
     * Adds counted plays and notes how far it has come, both or neither, if nobody has counted since: so every play counts once, even if two nodes believed to hold the lock.
     *
     * @param before what was noted when the counting began
     * @param sums the new totals of the titles that were played
     * @param after what to note
     * @return false if somebody else has counted since
     */
    boolean add(Optional<Versioned<Counted>> before, Map<Integer, Long> sums, Counted after) {
        Transaction both = consensus.transaction();
        if (before.isPresent()) {
            both.ifVersion(progress, PLAYS, before.get().version());
        } else {
            both.ifAbsent(progress, PLAYS);
        }
        sums.forEach((title, sum) -> both.put(totals, title, sum));
        return both.put(progress, PLAYS, after).commit().succeeded();
    }
}
