package io.holdfast.consensus.state;

/**
 * What happened to a key of a resource.
 *
 * @param revision the command that did it; for an expiry between commands, the command before
 * @param kind what happened, in the type's own numbers
 * @param key to which key
 * @param payload more, in the type's own form
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Event(long revision, int kind, byte[] key, byte[] payload) {
    int size() {
        return 48 + key.length + payload.length;
    }
}
