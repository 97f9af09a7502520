package io.holdfast.circuitbreaker.shared;

/**
 * What one node tells of one {@link Target}.
 *
 * @param state its circuit
 * @param wants whether calls were refused lately, so that it could try
 * @param round how many tries have failed since the trouble began, as far as it knows; grows for ever
 * @param healed the round in which its own tried calls closed its circuit last, or -1
 * @param calls how many calls its window holds
 * @param failures how many of them failed
 */
record Sighting(State state, boolean wants, long round, long healed, int calls, int failures) {
    /** Where a node's circuit stands. The order is that on the wire. */
    enum State {
        /** Too few calls to say anything. */
        UNKNOWN,
        /** Closed, by enough calls of its own. */
        CLOSED,
        /** Open, by failures that it saw itself. */
        OPEN,
        /** Open, on the word of others: no evidence. */
        FOLLOWING,
        /** Its tried calls are under way. */
        TRYING
    }

    boolean isDown() {
        return state == State.OPEN || state == State.FOLLOWING;
    }

    /** Whether others must hear of the change soon: counts alone can wait. */
    boolean differsInMoreThanCounts(Sighting other) {
        return state != other.state || wants != other.wants || round != other.round || healed != other.healed;
    }
}
