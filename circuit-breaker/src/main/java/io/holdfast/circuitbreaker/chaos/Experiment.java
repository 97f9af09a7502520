package io.holdfast.circuitbreaker.chaos;

import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.core.fault.Fault;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that is to go wrong: what, for whom, how much of it, for how long, and when it is to stop before.
 *
 * @param name what it is called
 * @param target what it hits
 * @param fault what goes wrong
 * @param share which share of the targeted calls, chosen at random; without meaning for pause and kill
 * @param maxNodes at most so many nodes take it on, those that rank first among the live ones by a hash of its name and theirs
 * @param timeBox when it is over at the latest
 * @param slo the objective (by its name in {@code holdfast.slo}) whose fast burning stops it; empty for none
 * @param abort its own bounds that stop it; empty for none
 */
public record Experiment(
        String name,
        Target target,
        Fault fault,
        double share,
        int maxNodes,
        Duration timeBox,
        Optional<String> slo,
        Optional<AbortBounds> abort) {
    /** The longest time box. */
    public static final Duration LONGEST = Duration.ofHours(1);

    /**
     * Validates the numbers.
     *
     * @param name a DNS label
     * @param target names calls, for latency, error and drop; names none, for pause and kill
     * @param fault shorter than the time box
     * @param share above 0, at most 100 %
     * @param maxNodes 1 to 1000
     * @param timeBox longer than zero, at most {@link #LONGEST}
     * @param slo as the component
     * @param abort as the component
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public Experiment {
        Check.label("experiment", name);
        FaultKind kind = FaultKind.of(fault);
        Check.that(
                kind.hitsNode() || target.namesCalls(),
                "target of experiment %s (%s) must name a policy or a service: %s hits calls",
                name,
                target.describe(),
                kind.text());
        Check.that(
                !kind.hitsNode() || (!target.namesCalls() && target.method().isEmpty()),
                "target of experiment %s (%s) must not name calls: %s hits the whole node; leave policy, service and method out",
                name,
                target.describe(),
                kind.text());
        Check.that(
                share > 0 && share <= 1,
                "share of experiment %s (%s) must be above 0%% and at most 100%%",
                name,
                share);
        Check.between("max-nodes", maxNodes, 1, 1000);
        Check.positive("time-box", timeBox);
        Check.that(
                timeBox.compareTo(LONGEST) <= 0,
                "time-box of experiment %s (%s) must be at most %s; start it again when it is over",
                name,
                DurationText.of(timeBox),
                DurationText.of(LONGEST));
        Check.that(
                !(fault instanceof Fault.Pause pause) || pause.duration().compareTo(timeBox) <= 0,
                "pause of experiment %s must not be longer than its time-box (%s); lengthen the time-box or shorten the pause",
                name,
                DurationText.of(timeBox));
    }

    /**
     * An experiment on one node for a minute, without a guard.
     *
     * @param name what it is called
     * @param target what it hits
     * @param fault what goes wrong
     * @param share which share of the calls
     * @return the experiment
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public static Experiment of(String name, Target target, Fault fault, double share) {
        return new Experiment(name, target, fault, share, 1, Duration.ofMinutes(1), Optional.empty(), Optional.empty());
    }

    /**
     * This experiment with another time box.
     *
     * @param value when it is over at the latest
     * @return a copy
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Experiment withTimeBox(Duration value) {
        return new Experiment(name, target, fault, share, maxNodes, value, slo, abort);
    }

    /**
     * This experiment, stopped by its own bounds.
     *
     * @param bounds when it does harm
     * @return a copy
     */
    public Experiment withAbort(AbortBounds bounds) {
        return new Experiment(name, target, fault, share, maxNodes, timeBox, slo, Optional.of(bounds));
    }

    /**
     * This experiment, stopped by an objective.
     *
     * @param objective its name in {@code holdfast.slo}
     * @return a copy
     */
    public Experiment withSlo(String objective) {
        return new Experiment(name, target, fault, share, maxNodes, timeBox, Optional.of(objective), abort);
    }

    /**
     * This experiment on more nodes.
     *
     * @param value at most so many
     * @return a copy
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Experiment withMaxNodes(int value) {
        return new Experiment(name, target, fault, share, value, timeBox, slo, abort);
    }

    /**
     * What goes wrong, for people.
     *
     * @return for instance {@code latency 200ms, 10.0%}
     */
    public String describe() {
        return faultText()
                + (FaultKind.of(fault).hitsNode() ? "" : String.format(Locale.ROOT, ", %.1f%%", share * 100));
    }

    private String faultText() {
        String kind = FaultKind.of(fault).text();
        if (fault instanceof Fault.Latency latency) {
            return kind + " " + DurationText.of(latency.delay());
        }
        return fault instanceof Fault.Pause pause ? kind + " " + DurationText.of(pause.duration()) : kind;
    }
}
