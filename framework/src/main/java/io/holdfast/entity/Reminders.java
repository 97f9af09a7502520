package io.holdfast.entity;

import java.time.Duration;

/**
 * Asks that an entity's {@link OnReminder} method be called later, wherever the entity lives then, even if no call comes meanwhile and all nodes start anew. What is asked for in a call is committed with
 * its state. For use during a call of the entity, on its thread.
 */
public interface Reminders {
    /**
     * Asks for a call, once, in place of an earlier reminder of that name.
     *
     * @param name 1 to 64 characters
     * @param delay how long from now
     * @throws IllegalStateException outside a call
     */
    void remind(String name, Duration delay);

    /**
     * Takes a reminder back. Nothing happens if there is none.
     *
     * @param name its name
     * @throws IllegalStateException outside a call
     */
    void forget(String name);
}
