package io.holdfast.replication.crdt;

import io.holdfast.core.consistency.Causal;
import java.util.List;

/**
 * A flag, off at first. Of an on and an off that did not know of each other, on wins, or off: as it was asked for.
 *
 * <p>{@link Causal}: the losing write is overruled, not forgotten: who then sets the flag has seen both.
 */
public final class CrdtFlag extends Crdt implements Causal {
    private static final byte[] ON = {1};
    private static final byte[] OFF = {0};

    private final boolean enableWins;

    CrdtFlag(Place place, boolean enableWins) {
        super(place);
        this.enableWins = enableWins;
    }

    /**
     * Sets it, on this node at once.
     *
     * @param on what it shall be
     * @throws io.holdfast.core.NotAppliedException if a bound of the space is reached; nothing changed
     */
    public void set(boolean on) {
        Path path = place().path();
        place().update((view, actor) -> Edit.replace(view.get(path), path, on ? ON : OFF));
    }

    /**
     * Whether it is on, as far as this node knows.
     *
     * @return true if it is on
     */
    public boolean isSet() {
        List<Entry> entries = place().entries();
        return enableWins
                ? entries.stream().anyMatch(CrdtFlag::isOn)
                : !entries.isEmpty() && entries.stream().allMatch(CrdtFlag::isOn);
    }

    private static boolean isOn(Entry entry) {
        return entry.value().length == 1 && entry.value()[0] == 1;
    }
}
