package io.holdfast.examples.streaming.trending;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.Topic;

/** All plays in one order, the newest {@value #RETAINED} of them. Methods fail as those of {@link Topic} do. Safe for use by many threads. */
public final class Plays {
    /** How many plays are remembered; they have to be counted before so many others have come. */
    public static final int RETAINED = 100_000;

    private final Topic<Play> topic;

    /**
     * Opens the topic.
     *
     * @param consensus of this node
     */
    public Plays(Consensus consensus) {
        topic = consensus.topic("plays", Play.class, RETAINED);
    }

    /**
     * Notes a play; it is there exactly once when this returns.
     *
     * @param title the title's id
     */
    public void note(int title) {
        topic.append(new Play(title));
    }

    /**
     * The plays themselves.
     *
     * @return the topic
     */
    public Topic<Play> topic() {
        return topic;
    }
}
