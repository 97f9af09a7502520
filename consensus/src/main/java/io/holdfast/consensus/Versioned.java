package io.holdfast.consensus;

/**
 * A value and its history. A revision is the number of commands of the group until then; all maps of a group share it.
 *
 * @param value the value
 * @param created the revision that made the key
 * @param modified the revision that wrote it last
 * @param version how often it was written since it was made, from 1 on
 * @param <V> the value's type
 */
public record Versioned<V>(V value, long created, long modified, long version) {}
