package io.holdfast.circuitbreaker.shared;

/**
 * What a breaker shall do.
 *
 * @param kind what
 * @param reason why, for the flight recorder; empty where there is nothing to say
 */
public record Order(Kind kind, String reason) {
    /** What a breaker can be told. */
    public enum Kind {
        /** Go on by itself. */
        NONE,
        /** Open, though it has seen nothing itself. */
        OPEN,
        /** Stay open for now, though its own wait may be over: another node tries. */
        WAIT,
        /** Try calls as soon as its own wait is over. */
        TRY
    }

    static final Order NONE = new Order(Kind.NONE, "");
    static final Order WAIT = new Order(Kind.WAIT, "");
    static final Order TRY = new Order(Kind.TRY, "");
}
