package io.holdfast.sharding.entity;

import java.util.Locale;

/** Why an entity left the memory. */
enum Departure {
    /** Nobody called it for long. */
    IDLE,
    /** Others needed the room. */
    MEMORY,
    /** Its shard is another node's. */
    MOVED,
    /** What it held in memory was not, or may not be, what is stored. */
    FAILED;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
