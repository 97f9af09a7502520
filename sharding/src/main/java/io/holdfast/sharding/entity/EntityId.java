package io.holdfast.sharding.entity;

import io.holdfast.core.Check;
import java.nio.charset.StandardCharsets;

/**
 * What names an entity.
 *
 * @param type its kind
 * @param key its key
 */
record EntityId(String type, String key) {
    static final int MAX_KEY = 512;
    static final int MAX_TYPE = 63;

    EntityId {
        Check.label("kind of entity", type);
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        Check.that(
                bytes >= 1 && bytes <= MAX_KEY,
                "key of a %s (%d bytes of UTF-8) must have 1 to %d",
                type,
                bytes,
                MAX_KEY);
    }

    /** What the shard is found by: entities of two kinds with one key lie apart. */
    String routed() {
        return type + '/' + key;
    }

    @Override
    public String toString() {
        return type + ' ' + key;
    }

    /** The same on every node; of 65,536 others one has the same. */
    short tag() {
        int hash = routed().hashCode();
        return (short) (hash ^ (hash >>> 16));
    }
}
