package io.holdfast.circuitbreaker.config;

/** What nodes do with a limit of the whole cluster while they do not see all members. */
public enum PartitionMode {
    /** Each side uses the whole limit: calls go on, and together the sides stay at or below the limit times the number of sides. */
    AVAILABLE,
    /** Each side uses its part of the limit, by members: together the sides stay at or below the limit. A member that died counts as cut off until it is forgotten or comes back. */
    STRICT
}
