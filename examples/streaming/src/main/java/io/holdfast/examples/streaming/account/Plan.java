package io.holdfast.examples.streaming.account;

import io.holdfast.examples.streaming.catalog.Title;

/** What a user has paid for. */
public enum Plan {
    /** Everything. */
    STANDARD,
    /** What was released before {@value #CLASSIC_BEFORE}. */
    CLASSICS,
    /** Nothing any more. */
    LAPSED;

    /** The first year whose titles are no classics. */
    public static final int CLASSIC_BEFORE = 1980;

    /**
     * Whether a title belongs to the plan.
     *
     * @param title the title
     * @return true if it may be played
     */
    public boolean includes(Title title) {
        return switch (this) {
            case STANDARD -> true;
            case CLASSICS -> title.year() > 0 && title.year() < CLASSIC_BEFORE;
            case LAPSED -> false;
        };
    }
}
