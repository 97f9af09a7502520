package io.holdfast.consensus.state;

import io.holdfast.core.Check;

/**
 * A kind of primitive: what its operations do with the rows of one named resource. One object serves all names and keeps nothing: all state is rows.
 *
 * <p>Deterministic: no clock (time is {@link StateView#logNanos}), no chance, no iteration order that is not sorted. An operation that cannot be done throws {@link Refusal}
 * with a message that is the same on every replica; any exception undoes all that the operation changed, so checking may come after changing.
 *
 * <p>An operation is {@code [opcode u8][version u8][payload]}. An opcode above {@link Traits#lastOpcode} or a version above {@link Traits#version} comes from a newer build: the replica stops
 * before it applies it, for to skip it would be to diverge. So a version is a feature level of the whole build: an operation carries the one that brought it in its form, a change of an old build 1, and
 * is refused as long as the group is below. Rows that a new version writes must stay readable by it when an old one wrote them.
 */
public interface PrimitiveType {
    /**
     * What a build knows of a type.
     *
     * @param id what names the type in commands and snapshots, for ever: 1 to 255
     * @param name the type's name for people, a short word, for instance {@code map}
     * @param version the newest version of operations that this build knows, 1 to 255: the highest feature level that brought this type something
     * @param lastOpcode the largest opcode that this build knows, of changes and questions, up to 255
     */
    record Traits(int id, String name, int version, int lastOpcode) {
        /**
         * Validates the bounds.
         *
         * @param id as the component
         * @param name as the component
         * @param version as the component
         * @param lastOpcode as the component
         * @throws IllegalArgumentException if one is out of bounds
         */
        public Traits {
            Check.between("id of primitive type " + name, id, 1, 255);
            Check.between("version of primitive type " + name, version, 1, 255);
            Check.between("lastOpcode of primitive type " + name, lastOpcode, 0, 255);
        }

        /** Whether this build knows an operation. */
        boolean know(Operation operation) {
            return operation.opcode <= lastOpcode && operation.version <= version;
        }
    }

    /**
     * What this build knows of the type.
     *
     * @return always the same
     */
    Traits traits();

    /**
     * What names the type.
     *
     * @return {@link Traits#id}
     */
    default int id() {
        return traits().id;
    }

    /**
     * The type's name for people.
     *
     * @return {@link Traits#name}
     */
    default String name() {
        return traits().name;
    }

    /**
     * Changes the state.
     *
     * @param state the resource's rows
     * @param operation the operation; its opcode and version are known to this build
     * @param answer receives the answer for who asked
     * @throws Refusal if it cannot be done; nothing is changed
     * @throws io.holdfast.core.CodecException if the payload is malformed; nothing is changed
     */
    void apply(StateContext state, Operation operation, ByteWriter answer);

    /**
     * Answers a question.
     *
     * @param state the resource's rows; no rows if the name was never used
     * @param operation the question
     * @param answer receives the answer
     * @throws Refusal if it cannot be answered
     * @throws io.holdfast.core.CodecException if the payload is malformed
     */
    void query(StateView state, Operation operation, ByteWriter answer);

    /**
     * What people shall see of a resource besides its size, in a few hundred bytes that whoever shows it can read. Nothing, unless a type says more.
     *
     * @param state the resource's rows
     * @param out receives it
     */
    default void outline(StateView state, ByteWriter out) {}

    /**
     * A session that {@linkplain StateContext#holdSession holds} something of this resource has ended: by itself, or because it was not heard of for its time to live.
     *
     * @param state the resource's rows
     * @param session the session
     */
    default void onSessionClosed(StateContext state, long session) {}

    /**
     * A {@linkplain StateContext#setDeadline deadline} has come. It is cleared already.
     *
     * @param state the resource's rows
     * @param key the key that was given
     */
    default void onDeadline(StateContext state, byte[] key) {}

    /**
     * The state of another group begins anew here, from a backup that may be older than what that group did last. Numbers that may have been given since must not be given again.
     *
     * @param state the resource's rows
     * @param jump how far numbers go ahead
     */
    default void onRestored(StateContext state, long jump) {}

    /**
     * What is to be done or asked.
     *
     * @param opcode what
     * @param version in which version
     * @param payload the rest
     */
    record Operation(int opcode, int version, ByteReader payload) {
        static Operation read(byte[] bytes) {
            ByteReader in = new ByteReader(bytes);
            return new Operation(in.u8(), in.u8(), in);
        }
    }
}
