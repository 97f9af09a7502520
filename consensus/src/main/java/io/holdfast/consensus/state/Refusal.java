package io.holdfast.consensus.state;

/** A command is refused by the state, on every replica in the same words; nothing is changed. Has no stack trace: it is an answer. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The words, which belong to the state. */
    private final String words;

    /**
     * Makes a refusal.
     *
     * @param words value, rule, remedy; made of the command and the state only
     */
    public Refusal(String words) {
        super(words, null, false, false);
        this.words = words;
    }

    /**
     * What the caller is told.
     *
     * @return the words
     */
    public String words() {
        return words;
    }
}
