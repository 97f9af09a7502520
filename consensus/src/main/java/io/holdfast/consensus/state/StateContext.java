package io.holdfast.consensus.state;

import java.util.OptionalLong;

/** The rows of one resource while a command changes them. A name costs something only as long as it has rows. Arrays that go in belong to the state and must not be changed. */
public interface StateContext extends StateView {
    /**
     * The session whose command this is.
     *
     * @return the session; 0 when time or the end of a session is the cause
     */
    long session();

    /**
     * Sets a row. A session's command after which a full resource, or the full group, is larger than before is refused and undone as a whole; nothing else is.
     *
     * @param key its key
     * @param value its value
     * @throws Refusal if the key is longer than 4 KiB
     */
    void put(byte[] key, byte[] value);

    /**
     * Removes a row.
     *
     * @param key its key
     * @return whether there was one
     */
    boolean remove(byte[] key);

    /**
     * A number that is larger than every one given before in this group, whatever for: a fencing token.
     *
     * @return the token
     */
    long nextToken();

    /**
     * Asks for {@link PrimitiveType#onDeadline}, once, in place of an earlier deadline of this key. Rows and deadlines may have the same key.
     *
     * @param key what it is for
     * @param logNanos the group's time at which
     */
    void setDeadline(byte[] key, long logNanos);

    /**
     * Clears a deadline. Nothing happens if there is none.
     *
     * @param key what it was for
     */
    void clearDeadline(byte[] key);

    /**
     * A deadline that was set.
     *
     * @param key what for
     * @return the group's time at which, or empty
     */
    OptionalLong deadline(byte[] key);

    /**
     * Asks for {@link PrimitiveType#onSessionClosed} when a session ends. Asking twice is asking once.
     *
     * @param session a session that lives
     */
    void holdSession(long session);

    /**
     * Takes {@link #holdSession} back.
     *
     * @param session the session
     */
    void releaseSession(long session);

    /**
     * Tells those who watch this resource. The event goes out if the command succeeds.
     *
     * @param kind what happened, in the type's own numbers, 0 to 255
     * @param key the key that it happened to
     * @param payload more
     */
    void emit(int kind, byte[] key, byte[] payload);

    @Override
    StateContext sibling(String name);
}
