package io.holdfast.sharding.entity;

/**
 * A reminder that an entity has asked for.
 *
 * @param dueMillis when, in milliseconds of the time of day
 * @param entity whom to remind
 * @param name of what
 */
record Reminder(long dueMillis, EntityId entity, String name) {}
