package io.holdfast.replication.cache;

/**
 * Until when the feed vouches: each copy of this era that is still kept was right at that instant. Immutable.
 *
 * @param era counts the gaps
 * @param asOfNanos before the origin was asked, by the monotonic clock
 */
record Coverage(int era, long asOfNanos) {}
