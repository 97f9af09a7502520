package io.holdfast.core.cluster;

import io.holdfast.core.Check;

/**
 * When the word of other nodes is believed: enough of those that looked say so, and more of them say so than not. One observer alone is never believed, since its trouble may be its own network
 * or processor; nor is a minority, since a zone of observers can be in trouble together.
 *
 * @param least how many observers must say so at least
 */
public record ObserverQuorum(int least) {
    /** Two observers at least. */
    public static final ObserverQuorum TWO = new ObserverQuorum(2);

    /**
     * Validates the number.
     *
     * @param least 2 to 1000
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ObserverQuorum {
        Check.between("least observers", least, 2, 1000);
    }

    /**
     * Whether it is believed.
     *
     * @param saying how many observers with fresh evidence of their own say so
     * @param against how many with fresh evidence of their own say the contrary
     * @return true if it is
     */
    public boolean believes(int saying, int against) {
        return saying >= least && saying > against;
    }
}
