package io.holdfast.core.consistency;

/**
 * Each operation seems to happen at one instant between its call and its answer, for all nodes alike (Herlihy and Wing 1990, "Linearizability"). In a partition the side without a majority refuses, with
 * {@link io.holdfast.core.NotAppliedException}, {@link io.holdfast.core.UnavailableException} or {@link io.holdfast.core.UnknownOutcomeException}; it never answers wrongly. A method that may read older
 * state says so in its name or in an argument.
 */
public interface Linearizable {}
