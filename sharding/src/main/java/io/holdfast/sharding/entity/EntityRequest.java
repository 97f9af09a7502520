package io.holdfast.sharding.entity;

/**
 * An attempt of a call, on its way to the owner.
 *
 * @param call the call
 * @param revision of the map by which the sender chose the receiver
 * @param epoch of the shard in that map
 * @param forwarded whether a node that was taken for the owner has sent it on: it is sent on once
 */
record EntityRequest(EntityCall call, long revision, long epoch, boolean forwarded) {
    /** The request as a node sends it on that knows better. */
    EntityRequest forward(long knownRevision, long knownEpoch) {
        return new EntityRequest(call, knownRevision, knownEpoch, true);
    }
}
