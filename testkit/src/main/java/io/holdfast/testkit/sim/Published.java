package io.holdfast.testkit.sim;

import java.time.Duration;

/**
 * An event that a node published.
 *
 * @param at when, in virtual time since the world began
 * @param node the node's name
 * @param event the event
 * @param <E> the events of the protocol
 */
public record Published<E>(Duration at, String node, E event) {}
