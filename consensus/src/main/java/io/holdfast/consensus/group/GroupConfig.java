package io.holdfast.consensus.group;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * How a group chooses its voters.
 *
 * @param voters how many nodes vote, if there are as many: 1, 3, 5 or 7. All nodes beyond them use the group without a vote
 * @param replaceAfter how long a voter may be dead, or its replica fail, before a live node takes its seat; a restart should fit into it. Also how long a node waits in vain for a seat before it is sent away
 * @param interval how often a node compares what is with what should be
 * @param joinLimit how long a new voter may take to catch up
 * @param leaveLimit how long a node that leaves waits for another to take its seat
 * @param probeLimit how long the leader's answer may take before a closed connection, or its silence, counts as its end
 * @param silenceLimit after how long without a word of the leader it is asked whether it lives: the engine's shortest election timeout
 */
public record GroupConfig(
        int voters,
        Duration replaceAfter,
        Duration interval,
        Duration joinLimit,
        Duration leaveLimit,
        Duration probeLimit,
        Duration silenceLimit) {
    /**
     * Validates the bounds.
     *
     * @param voters as the component
     * @param replaceAfter as the component
     * @param interval as the component
     * @param joinLimit as the component
     * @param leaveLimit as the component
     * @param probeLimit as the component
     * @param silenceLimit as the component
     * @throws IllegalArgumentException if one is passed; the message names it
     */
    public GroupConfig {
        Check.between("voters", voters, 1, 7);
        Check.that(voters % 2 == 1, "voters (%s) must be odd: an even one more survives no further loss", voters);
        Check.positive("replaceAfter", replaceAfter);
        Check.positive("interval", interval);
        Check.positive("joinLimit", joinLimit);
        Check.positive("leaveLimit", leaveLimit);
        Check.positive("probeLimit", probeLimit);
        Check.positive("silenceLimit", silenceLimit);
        Check.that(
                interval.compareTo(replaceAfter) < 0,
                "interval (%s) must be shorter than replaceAfter (%s)",
                interval,
                replaceAfter);
    }

    /**
     * For one data centre: three voters, a dead one replaced after 30 s.
     *
     * @return the numbers
     */
    public static GroupConfig lan() {
        return new GroupConfig(
                3,
                Duration.ofSeconds(30),
                Duration.ofMillis(500),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                Duration.ofMillis(150),
                Duration.ofSeconds(1));
    }

    /**
     * Changes the number of voters.
     *
     * @param value as the component
     * @return a copy
     */
    public GroupConfig withVoters(int value) {
        return new GroupConfig(value, replaceAfter, interval, joinLimit, leaveLimit, probeLimit, silenceLimit);
    }

    /**
     * Changes the patience with dead voters.
     *
     * @param value as the component
     * @return a copy
     */
    public GroupConfig withReplaceAfter(Duration value) {
        return new GroupConfig(voters, value, interval, joinLimit, leaveLimit, probeLimit, silenceLimit);
    }

    /**
     * Changes how often a node looks.
     *
     * @param value as the component
     * @return a copy
     */
    public GroupConfig withInterval(Duration value) {
        return new GroupConfig(voters, replaceAfter, value, joinLimit, leaveLimit, probeLimit, silenceLimit);
    }

    /**
     * Changes the patience with a silent leader.
     *
     * @param value as the component
     * @return a copy
     */
    public GroupConfig withSilenceLimit(Duration value) {
        return new GroupConfig(voters, replaceAfter, interval, joinLimit, leaveLimit, probeLimit, value);
    }
}
