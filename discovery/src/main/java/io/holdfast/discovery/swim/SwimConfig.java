package io.holdfast.discovery.swim;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * The numbers of SWIM and Lifeguard. The defaults are {@link #lan()}. In the formulas, n is the number of live members and h the local health score.
 *
 * <p>Before a suspicion ends, each node that holds it calls the suspect six times, {@code probeTimeout} apart, and each call can be answered with a refutation. So a member that lives is buried by a
 * node only if gossip brought none of its refutation there and all calls were lost: with a loss of p in each direction that is
 * {@code exp(-m * (1 - p)) * (1 - (1 - p)^2)^6} a node and suspicion, m being how often a rumour is sent (see {@code retransmitMultiplier}). A suspicion never ends before the six calls had their time,
 * {@code 6 * probeTimeout}, unless the connections of this node and its helpers are lost too (see {@code hintTimeout}).
 *
 * @param probeInterval the protocol period: one member is probed in each (SWIM, section 3.1); stretched to {@code probeInterval * (h + 1)}
 * @param probeTimeout how long a direct probe waits before helpers are asked; stretched to {@code probeTimeout * (h + 1)}
 * @param indirectProbes how many helpers are asked (SWIM, section 3.1: k)
 * @param suspicionMultiplier the shortest suspicion is {@code suspicionMultiplier * max(1, log10(n)) * probeInterval} (Lifeguard, section IV-B: alpha)
 * @param suspicionMaxMultiplier the longest suspicion is {@code suspicionMaxMultiplier} times the shortest (Lifeguard: beta)
 * @param suspicionConfirmations K: with c independent accusers beyond the first, a suspicion lasts {@code max(min, max - (max - min) * log(c + 1) / log(K + 1))} (Lifeguard: LHA-Suspicion)
 * @param healthMax the highest local health score h (Lifeguard, section IV-A: S)
 * @param gossipInterval how often waiting rumours are sent
 * @param gossipFanout to how many members at once
 * @param retransmitMultiplier each node sends a rumour {@code retransmitMultiplier * ceil(log10(n + 1))} times (SWIM, section 4.1: lambda)
 * @param syncInterval how often this node compares its whole view with one random member, {@code syncInterval * max(1, log2(n / 32) + 1)}
 * @param reconnectInterval how often one dead member and one lost seed are tried again, so that partitions heal
 * @param hintTimeout how long a member whose connection closed may take to answer a probe; without an answer, and with helpers that lost it too, it is dead after {@code 4 * hintTimeout}
 * @param formInterval the shortest pause between two rounds of calling the seeds; grows to ten times that while nothing changes
 * @param deadRetention how long a dead member is remembered and tried again
 * @param maxMembers how many members are kept, dead ones included; at the bound the longest dead is forgotten, and if there is none a newcomer is ignored
 * @param maxServices how many service names one node may offer in the life of its process
 */
public record SwimConfig(
        @Doc(
                "The protocol period: one member is probed in each; stretched to probeInterval * (h + 1) by the local health score h.")
        @Default("300ms")
        Duration probeInterval,

        @Doc("How long a direct probe waits before helpers are asked, times (h + 1).") @Default("120ms")
        Duration probeTimeout,

        @Doc("How many helpers are asked to probe a member that did not answer.") @Default("3")
        int indirectProbes,

        @Doc("The shortest suspicion lasts suspicionMultiplier * max(1, log10(n)) * probeInterval.") @Default("4")
        int suspicionMultiplier,

        @Doc("The longest suspicion lasts suspicionMaxMultiplier times the shortest.") @Default("5")
        int suspicionMaxMultiplier,

        @Doc("K: with c further accusers a suspicion lasts max(min, max - (max - min) * log(c + 1) / log(K + 1)).")
        @Default("3")
        int suspicionConfirmations,

        @Doc("The highest local health score h: a node that misses answers probes up to h + 1 times slower.")
        @Default("8")
        int healthMax,

        @Doc("How often waiting rumours are sent.") @Default("100ms")
        Duration gossipInterval,

        @Doc("To how many members rumours are sent at once.") @Default("4")
        int gossipFanout,

        @Doc("A node sends a rumour retransmitMultiplier * ceil(log10(n + 1)) times.") @Default("4")
        int retransmitMultiplier,

        @Doc("How often the whole view is compared with one random member, times max(1, log2(n / 32) + 1).")
        @Default("5s")
        Duration syncInterval,

        @Doc("How often one dead member and one lost seed are tried again.") @Default("1s")
        Duration reconnectInterval,

        @Doc(
                "How long a member whose connection closed may take to answer; it is dead after 4 * hintTimeout if helpers lost it too.")
        @Default("100ms")
        Duration hintTimeout,

        @Doc(
                "The shortest pause between two rounds of calling the seeds; grows to ten times that while nothing changes.")
        @Default("100ms")
        Duration formInterval,

        @Doc("How long a dead member is remembered and tried again.") @Default("1h")
        Duration deadRetention,

        @Doc("How many members are kept, dead ones included; at the bound the longest dead is forgotten.")
        @Default("2048")
        int maxMembers,

        @Doc("How many service names one node may offer in the life of its process.") @Default("128")
        int maxServices) {
    /**
     * Validates each option and how they relate.
     *
     * @param probeInterval as the component
     * @param probeTimeout as the component
     * @param indirectProbes as the component
     * @param suspicionMultiplier as the component
     * @param suspicionMaxMultiplier as the component
     * @param suspicionConfirmations as the component
     * @param healthMax as the component
     * @param gossipInterval as the component
     * @param gossipFanout as the component
     * @param retransmitMultiplier as the component
     * @param syncInterval as the component
     * @param reconnectInterval as the component
     * @param hintTimeout as the component
     * @param formInterval as the component
     * @param deadRetention as the component
     * @param maxMembers as the component
     * @param maxServices as the component
     * @throws IllegalArgumentException if one is out of bounds; the message names it and the remedy
     */
    public SwimConfig {
        Check.positive("probeInterval", probeInterval);
        Check.positive("probeTimeout", probeTimeout);
        Check.that(
                probeTimeout.compareTo(probeInterval) < 0,
                "probeTimeout (%s) must be shorter than probeInterval (%s); lower probeTimeout",
                probeTimeout,
                probeInterval);
        Check.between("indirectProbes", indirectProbes, 0, 16);
        Check.between("suspicionMultiplier", suspicionMultiplier, 1, 100);
        Check.between("suspicionMaxMultiplier", suspicionMaxMultiplier, 1, 100);
        Check.between("suspicionConfirmations", suspicionConfirmations, 0, 16);
        Check.between("healthMax", healthMax, 0, 64);
        Check.positive("gossipInterval", gossipInterval);
        Check.between("gossipFanout", gossipFanout, 1, 64);
        Check.between("retransmitMultiplier", retransmitMultiplier, 1, 64);
        Check.positive("syncInterval", syncInterval);
        Check.positive("reconnectInterval", reconnectInterval);
        Check.positive("hintTimeout", hintTimeout);
        Check.positive("formInterval", formInterval);
        Check.positive("deadRetention", deadRetention);
        Check.between("maxMembers", maxMembers, 2, 16_384);
        Check.between("maxServices", maxServices, 1, 1024);
    }

    /**
     * One data centre: round trips under 20 ms. A killed process is known in about half a second, a silent one in 2 to 5 s.
     *
     * @return the preset
     */
    public static SwimConfig lan() {
        return preset(300, 120, 100, 5000, 1000, 100);
    }

    /**
     * Several regions: round trips up to 300 ms.
     *
     * @return the preset
     */
    public static SwimConfig wan() {
        return preset(2000, 1000, 500, 30_000, 5000, 500);
    }

    /**
     * All nodes on one machine, for tests and demonstrations: quick, but a pause of half a second looks like a death.
     *
     * @return the preset
     */
    public static SwimConfig local() {
        return preset(150, 70, 50, 1000, 300, 60);
    }

    private static SwimConfig preset(int probe, int timeout, int gossip, int sync, int reconnect, int hint) {
        return new SwimConfig(
                Duration.ofMillis(probe),
                Duration.ofMillis(timeout),
                3,
                4,
                5,
                3,
                8,
                Duration.ofMillis(gossip),
                4,
                4,
                Duration.ofMillis(sync),
                Duration.ofMillis(reconnect),
                Duration.ofMillis(hint),
                Duration.ofMillis(gossip),
                Duration.ofHours(1),
                2048,
                128);
    }

    /** The shortest suspicion with {@code n} live members, in nanoseconds. */
    long suspicionMinNanos(int n) {
        return (long) (suspicionMultiplier * Math.max(1.0, Math.log10(Math.max(1, n))) * probeInterval.toNanos());
    }

    /** How often one node sends a rumour with {@code n} live members. */
    int retransmits(int n) {
        return retransmitMultiplier * (int) Math.ceil(Math.log10(n + 1.0));
    }

    /** The pause between two comparisons with {@code n} live members, in nanoseconds. */
    long syncNanos(int n) {
        double stretch = n <= 32 ? 1.0 : Math.log(n / 32.0) / Math.log(2) + 1;
        return (long) (syncInterval.toNanos() * stretch);
    }
}
