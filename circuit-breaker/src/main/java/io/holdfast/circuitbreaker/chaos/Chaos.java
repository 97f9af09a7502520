package io.holdfast.circuitbreaker.chaos;

import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.fault.Fault;
import io.holdfast.core.slo.Guard;
import io.holdfast.core.telemetry.FlightRecorder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs experiments on this node: starts them, ends them when their time box is over or a guard objects, and notes each start, stop and abort with reason and principal in the flight recorder (area
 * {@code chaos}) and the log.
 *
 * <p>Off unless configured. An experiment ends with the node; nothing of it is kept. Safe for use by many threads.
 */
public final class Chaos implements AutoCloseable {
    /** How often guards are asked. */
    private static final Duration CHECK = Duration.ofMillis(500);
    /** So that whoever asked for the end of this node gets an answer before it comes. */
    private static final Duration NOTICE = Duration.ofMillis(200);

    private static final Logger log = LoggerFactory.getLogger(Chaos.class);
    private static final Running[] NONE = {};

    /**
     * What experiments stand on.
     *
     * @param node the id of this node
     * @param environment clocks, timers, chance
     * @param recorder where starts and ends are noted
     * @param guards finds the guard of an objective by its name
     * @param members the ids of the live nodes, this one included
     * @param nodeFaults pauses and kills this node
     */
    public record Ground(
            String node,
            Environment environment,
            FlightRecorder recorder,
            Function<String, Optional<Guard>> guards,
            Supplier<List<String>> members,
            NodeFaults nodeFaults) {
        /**
         * The ground of an application without a node or a cluster.
         *
         * @param environment clocks, timers, chance
         * @param recorder where starts and ends are noted
         * @return the ground
         */
        public static Ground of(Environment environment, FlightRecorder recorder) {
            return new Ground(
                    "local", environment, recorder, name -> Optional.empty(), () -> List.of("local"), NodeFaults.NONE);
        }
    }

    /**
     * A running experiment at one moment.
     *
     * @param experiment what it does
     * @param principal who started it
     * @param since since when
     * @param remaining when it is over at the latest
     * @param calls how many targeted calls it has seen
     * @param hits how many of them it has hit
     * @param held how many it holds up now
     */
    public record Status(
            Experiment experiment,
            String principal,
            Instant since,
            Duration remaining,
            long calls,
            long hits,
            int held) {}

    private final Ground ground;
    private final ChaosConfig config;
    private volatile Running[] running = NONE; // replaced under this

    /**
     * Makes a runner without experiments.
     *
     * @param ground what they stand on
     * @param config what is allowed
     */
    public Chaos(Ground ground, ChaosConfig config) {
        this.ground = ground;
        this.config = config;
    }

    /**
     * Starts an experiment on this node.
     *
     * @param experiment what it does
     * @param principal who wants it, for the record
     * @throws IllegalStateException if experiments or its fault are not allowed here, if as many run as may, or if its guard objects already; nothing was done
     * @throws IllegalArgumentException if it is for another node, its name is in use, or it names an objective that there is not; nothing was done
     */
    public void start(Experiment experiment, String principal) {
        Check.that(
                !principal.isBlank(), "principal of experiment %s must be named: say who wants it", experiment.name());
        refuseUnlessAllowed(experiment);
        refuseElsewhere(experiment);
        Running started = new Running(experiment, principal, guard(experiment), ground.environment());
        Guard.Verdict verdict = started.check();
        allow(verdict.ok(), experiment, "its guard objects already: " + verdict.reason());
        synchronized (this) {
            refuseBeside(experiment, running);
            Running[] more = Arrays.copyOf(running, running.length + 1);
            more[running.length] = started;
            running = more;
        }
        note(
                experiment,
                "started by " + principal + ": " + experiment.describe() + " for "
                        + DurationText.of(experiment.timeBox()) + " at "
                        + experiment.target().describe()
                        + experiment.slo().map(slo -> ", guarded by slo " + slo).orElse("")
                        + experiment
                                .abort()
                                .map(bounds -> ", aborted at " + bounds.describe())
                                .orElse(""));
        if (FaultKind.of(experiment.fault()).hitsNode()) {
            schedule(started, NOTICE, () -> hitNode(started));
        } else {
            watch(started);
        }
    }

    private void refuseUnlessAllowed(Experiment experiment) {
        FaultKind kind = FaultKind.of(experiment.fault());
        allow(config.enabled(), experiment, "holdfast.chaos.enabled is false on this node; set it to true");
        allow(
                config.allow().contains(kind),
                experiment,
                kind.text() + " is not in holdfast.chaos.allow ("
                        + String.join(
                                ", ",
                                config.allow().stream().map(FaultKind::text).toList()) + "); add it");
    }

    private static void allow(boolean condition, Experiment experiment, String otherwise) {
        if (!condition) {
            throw new IllegalStateException("experiment " + experiment.name() + " (" + experiment.describe()
                    + ") was not started: " + otherwise);
        }
    }

    private void refuseElsewhere(Experiment experiment) {
        String wanted = experiment.target().node();
        Check.that(
                wanted.isEmpty() || wanted.equals(ground.node()),
                "experiment %s is for node %s, and this is node %s; start it there",
                experiment.name(),
                wanted,
                ground.node());
        if (!wanted.isEmpty()) {
            return;
        }
        List<String> first = ground.members().get().stream()
                .sorted(Comparator.comparingLong((String node) -> rank(experiment.name(), node))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(experiment.maxNodes())
                .toList();
        Check.that(
                first.contains(ground.node()),
                "experiment %s has max-nodes (%s), and of the live nodes it falls to %s, not to this one (%s); start it there, raise max-nodes, or name a node",
                experiment.name(),
                experiment.maxNodes(),
                first,
                ground.node());
    }

    /** The same on every node (rendezvous hashing), so that all agree on who is hit without a word. */
    private static long rank(String experiment, String node) {
        long z = experiment.hashCode() * 0x9E3779B97F4A7C15L + node.hashCode();
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private Guard guard(Experiment experiment) {
        return experiment.slo().map(this::guard).orElse(Guard.NONE);
    }

    private Guard guard(String slo) {
        return ground.guards()
                .apply(slo)
                .orElseThrow(() -> new IllegalArgumentException("slo (" + slo
                        + ") must be a name under holdfast.slo of this node; define it, or leave it out"));
    }

    private void refuseBeside(Experiment experiment, Running[] others) {
        for (Running other : others) {
            Check.that(
                    !other.experiment().name().equals(experiment.name()),
                    "experiment %s runs already; stop it first or choose another name",
                    experiment.name());
        }
        allow(
                others.length < config.maxExperiments(),
                experiment,
                others.length + " run, as many as holdfast.chaos.max-experiments allows; stop one");
    }

    private void hitNode(Running hit) {
        Experiment experiment = hit.experiment();
        try {
            if (experiment.fault() instanceof Fault.Pause pause) {
                ground.nodeFaults().pause(pause.duration());
                schedule(hit, pause.duration(), () -> end(hit, "ended: the pause is over"));
            } else {
                ground.nodeFaults().kill();
            }
        } catch (IOException e) {
            end(hit, "aborted: " + e.getMessage());
        }
    }

    /** Looks at the clock and the guards, and again a little later. */
    private void watch(Running one) {
        if (!isRunning(one)) {
            return;
        }
        long remaining = one.remainingNanos();
        if (remaining == 0) {
            end(one, "ended: its time box (" + DurationText.of(one.experiment().timeBox()) + ") is over");
            return;
        }
        Guard.Verdict verdict = ask(one);
        if (!verdict.ok()) {
            end(one, "aborted: " + verdict.reason());
            return;
        }
        schedule(one, Duration.ofNanos(Math.min(remaining, CHECK.toNanos())), () -> watch(one));
    }

    private static Guard.Verdict ask(Running one) {
        try {
            return one.check();
        } catch (RuntimeException e) {
            return Guard.Verdict.notOk("its guard failed: " + e);
        }
    }

    /** Without a timer nothing would end it. */
    private void schedule(Running one, Duration delay, Runnable step) {
        try {
            one.timer(ground.environment().scheduler().schedule(delay, step));
        } catch (RejectedExecutionException closed) {
            end(one, "aborted: the timers of this node have stopped");
        }
    }

    private boolean isRunning(Running one) {
        return Arrays.asList(running).contains(one);
    }

    /**
     * Stops an experiment. Calls that it holds go on.
     *
     * @param name its name
     * @param principal who wants it, for the record
     * @return whether it ran
     */
    public boolean stop(String name, String principal) {
        Running found = find(name);
        return found != null && end(found, "stopped by " + principal);
    }

    private @Nullable Running find(String name) {
        return Arrays.stream(running)
                .filter(one -> one.experiment().name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Exactly one of those who want to end it does. */
    private boolean end(Running one, String how) {
        synchronized (this) {
            Running[] left =
                    Arrays.stream(running).filter(other -> other != one).toArray(Running[]::new);
            if (left.length == running.length) {
                return false;
            }
            running = left.length == 0 ? NONE : left;
        }
        one.close();
        Status last = one.status();
        note(one.experiment(), how + "; it hit " + last.hits() + " of " + last.calls() + " calls");
        return true;
    }

    private void note(Experiment experiment, String what) {
        ground.recorder().record("chaos", experiment.name(), what);
        log.warn("experiment {} on node {} {}", experiment.name(), ground.node(), what);
    }

    /**
     * The experiments that run.
     *
     * @return each with its numbers, oldest first
     */
    public List<Status> list() {
        return Arrays.stream(running).map(Running::status).toList();
    }

    /**
     * Whether experiments may run here.
     *
     * @return as configured
     */
    public boolean isEnabled() {
        return config.enabled();
    }

    /**
     * The stage of a pipeline.
     *
     * @param policy the pipeline's policy
     * @param service the service that it calls, empty if it is none
     * @param place what its calls are named
     * @return the stage
     */
    public FaultStage stage(String policy, String service, String place) {
        return new FaultStage(this, policy, service, place);
    }

    Running[] running() {
        return running;
    }

    MonotonicClock clock() {
        return ground.environment().clock();
    }

    /** Ends all experiments. */
    @Override
    public void close() {
        for (Running one : running) {
            end(one, "ended: the node closes");
        }
    }
}
