package io.holdfast.consensus.ratis;

/** Whether a follower still has what it acknowledged; one answer may have crossed another. For one thread at a time. */
final class Doubts {
    /** So many in a row are no chance. */
    private static final int MANY = 5;

    private int inARow;

    /** It has what it says. */
    void clear() {
        inARow = isCertain() ? inARow : 0;
    }

    /** It asks for what it acknowledged; true for the one that makes it certain. */
    boolean add() {
        return !isCertain() && ++inARow == MANY;
    }

    /** It has lost data, and stays so. */
    boolean isCertain() {
        return inARow >= MANY;
    }
}
