package io.holdfast.discovery.outlier;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ServiceInstance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The instances of one service as this node's calls see them: who is in, who is out and who is on probe. It has no thread: judgements are made when a call asks for the roster and an interval has
 * passed. Bounded by the directory's snapshot. Safe for use by many threads.
 */
public final class OutlierTable {
    /** A row of failures is no accident if an instance that fails as often as the others has such a one with this probability. */
    private static final double CHANCE_OF_A_ROW = 1e-4;

    private final Consumer<OutlierEvent> listener;
    private final Map<NodeId, Standing> standings = new HashMap<>(); // guarded by this
    private volatile OutlierConfig config;
    private volatile SlowStartConfig slowStart;
    private volatile Roster roster = Roster.EMPTY;
    private volatile long nextNanos;
    private boolean started; // guarded by this
    private boolean panic; // guarded by this
    private boolean sparedTold; // guarded by this

    /**
     * Makes an empty table.
     *
     * @param config when an instance is taken out
     * @param slowStart how a new one begins
     * @param listener told each decision, under the table's lock: it must not block
     */
    public OutlierTable(OutlierConfig config, SlowStartConfig slowStart, Consumer<OutlierEvent> listener) {
        this.config = config;
        this.slowStart = slowStart;
        this.listener = listener;
    }

    /**
     * Changes the numbers; who is out stays out until its time is over.
     *
     * @param outlier when an instance is taken out
     * @param slow how a new one begins
     */
    public synchronized void update(OutlierConfig outlier, SlowStartConfig slow) {
        config = outlier;
        slowStart = slow;
    }

    /**
     * Who takes calls now. Costs two comparisons while nothing is due.
     *
     * @param instances the directory's snapshot; all instances of the service
     * @param nowNanos the monotonic clock
     * @return the same object until something changes
     */
    public Roster roster(List<ServiceInstance> instances, long nowNanos) {
        Roster known = roster;
        if (known.instances() != instances) {
            return know(instances, nowNanos);
        }
        return nowNanos - nextNanos >= 0 ? judge(nowNanos) : known;
    }

    /**
     * How many instances are out or on probe.
     *
     * @return a count; in panic they get calls nevertheless
     */
    public synchronized int out() {
        return (int) standings.values().stream()
                .filter(standing -> !(standing.service() instanceof Service.In))
                .count();
    }

    private synchronized Roster know(List<ServiceInstance> instances, long nowNanos) {
        if (roster.instances() == instances) {
            return roster;
        }
        Set<NodeId> present = new HashSet<>();
        for (ServiceInstance instance : instances) {
            present.add(instance.node());
            boolean ready = instance.ready() && instance.weight() > 0;
            Standing standing = standings.computeIfAbsent(instance.node(), node -> new Standing(node, nowNanos));
            if (started && ready && !standing.ready()) {
                welcome(standing, nowNanos);
            }
            standing.describe(instance.version(), ready);
        }
        standings.keySet().retainAll(present);
        if (!started) {
            started = !instances.isEmpty(); // who was there before this node's first call is not new
            nextNanos = nowNanos + config.interval().toNanos();
        }
        return publish(instances);
    }

    /** What becomes ready says that it is well, and has mostly been started anew: it is believed once, and remembered. */
    private void welcome(Standing standing, long nowNanos) {
        if (standing.service() instanceof Service.Out out) {
            standing.move(new Service.In(out.ejections(), nowNanos), nowNanos);
        } else if (standing.service() instanceof Service.OnProbe probe) {
            standing.move(new Service.In(probe.ejections(), nowNanos), nowNanos);
        }
        standing.warmUp(nowNanos, slowStart);
    }

    private synchronized Roster judge(long nowNanos) {
        if (nowNanos - nextNanos < 0) {
            return roster;
        }
        OutlierConfig numbers = config;
        nextNanos = nowNanos + numbers.interval().toNanos();
        List<Standing> fresh = new ArrayList<>();
        boolean changed = false;
        for (Standing standing : standings.values()) {
            if (standing.service() instanceof Service.Out out && nowNanos - out.untilNanos() >= 0) {
                standing.move(new Service.OnProbe(out.ejections(), out.kind(), 0), nowNanos);
                listener.accept(new OutlierEvent.Probing(standing.node()));
                changed = true;
            } else if (standing.service() instanceof Service.In in) {
                fade(standing, in, nowNanos);
                if (standing.collect(numbers, nowNanos)) {
                    fresh.add(standing);
                }
            }
        }
        for (Standing standing : fresh) {
            changed |= compare(standing, nowNanos);
        }
        return changed ? publish(roster.instances()) : roster;
    }

    /** Good conduct for as long as the first ejection takes one back. */
    private void fade(Standing standing, Service.In in, long nowNanos) {
        if (in.ejections() > 0
                && nowNanos - in.sinceNanos() >= config.baseEjection().toNanos()) {
            standing.fade(new Service.In(in.ejections() - 1, nowNanos));
        }
    }

    private boolean compare(Standing standing, long nowNanos) {
        Sample own = standing.sample();
        if (own == null) {
            return false;
        }
        List<Sample> others = standings.values().stream()
                .filter(other -> other != standing && other.version().equals(standing.version()))
                .map(Standing::sample)
                .filter(Objects::nonNull)
                .toList();
        return Comparison.judge(own, others, config)
                .map(finding -> eject(standing, finding.kind(), finding.why(), nowNanos))
                .orElse(false);
    }

    /**
     * A call ended.
     *
     * @param standing whose it was
     * @param how what it tells
     * @param relative how long it took as a multiple of the usual, see {@link Pace}; not a number if that is unknown
     * @param probe whether {@link Standing#claimProbe} gave it its place
     * @param nowNanos the monotonic clock
     */
    public void ended(Standing standing, Ended how, double relative, boolean probe, long nowNanos) {
        if (probe) {
            probed(standing, how, relative, nowNanos);
        } else if (how != Ended.SILENT && standing.service() instanceof Service.In) {
            int inARow = standing.count(how == Ended.FAILED, relative);
            int limit = config.consecutiveFailures();
            if (limit > 0 && inARow >= limit) {
                failedInARow(standing, inARow, nowNanos);
            }
        }
    }

    private synchronized void failedInARow(Standing standing, int inARow, long nowNanos) {
        if (!(standing.service() instanceof Service.In) || standings.get(standing.node()) != standing) {
            return;
        }
        long all = 0;
        long bad = 0;
        for (Standing other : standings.values()) {
            if (other != standing && other.service() instanceof Service.In) {
                Proportion recent = other.recentFailures();
                all += recent.of();
                bad += recent.hits();
            }
        }
        String why = inARow + " failures in a row";
        Proportion others = new Proportion(bad, all);
        if (Math.pow(others.share(), inARow) > CHANCE_OF_A_ROW) {
            spare(standing, OutlierEvent.Kind.FAILURES, why + ", but of the others' calls " + others + " fail as well");
        } else if (eject(standing, OutlierEvent.Kind.FAILURES, why, nowNanos)) {
            publish(roster.instances());
        } else {
            standing.forgiveRow(); // so that not each further failure asks again
        }
    }

    private synchronized void probed(Standing standing, Ended how, double relative, long nowNanos) {
        standing.releaseProbe();
        boolean gone = standings.get(standing.node()) != standing;
        if (gone || !(standing.service() instanceof Service.OnProbe probe) || how == Ended.SILENT) {
            return;
        }
        double factor = config.latencyFactor();
        boolean slow = probe.kind() == OutlierEvent.Kind.LATENCY && factor > 0 && relative > factor;
        if (how == Ended.FAILED || slow) {
            out(
                    standing,
                    probe.ejections() + 1,
                    probe.kind(),
                    OutlierEvent.Kind.PROBE,
                    slow ? Comparison.text("a probe took %.1f times the usual latency", relative) : "a probe failed",
                    nowNanos);
        } else if (probe.passed() + 1 < config.probeCalls()) {
            standing.move(new Service.OnProbe(probe.ejections(), probe.kind(), probe.passed() + 1), nowNanos);
            return; // nobody's place changes
        } else {
            standing.move(new Service.In(probe.ejections(), nowNanos), nowNanos);
            standing.warmUp(nowNanos, slowStart);
            listener.accept(new OutlierEvent.Returned(standing.node()));
        }
        publish(roster.instances());
    }

    private boolean eject(Standing standing, OutlierEvent.Kind kind, String why, long nowNanos) {
        int ready = 0;
        int out = 0; // who is not ready takes no calls anyway and uses nothing of the cap
        for (Standing other : standings.values()) {
            if (other.ready()) {
                ready++;
                out += other.service() instanceof Service.In ? 0 : 1;
            }
        }
        int most = config.mayBeOut(ready);
        if (out >= most) {
            spare(standing, kind, why + ", but " + out + " of " + ready + " are out, the most that may be");
            return false;
        }
        Service.In in = (Service.In) standing.service();
        out(standing, in.ejections() + 1, kind, kind, why, nowNanos);
        return true;
    }

    private void out(
            Standing standing, int nth, OutlierEvent.Kind kind, OutlierEvent.Kind told, String why, long nowNanos) {
        long length = config.ejectionNanos(nth);
        standing.move(new Service.Out(nth, kind, nowNanos + length), nowNanos);
        listener.accept(new OutlierEvent.Ejected(standing.node(), told, why, Duration.ofNanos(length)));
    }

    private void spare(Standing standing, OutlierEvent.Kind kind, String why) {
        if (!sparedTold) {
            sparedTold = true;
            listener.accept(new OutlierEvent.Spared(standing.node(), kind, why));
        }
    }

    private Roster publish(List<ServiceInstance> instances) {
        Set<NodeId> out = new HashSet<>();
        Set<NodeId> onProbe = new HashSet<>();
        int ready = 0;
        int in = 0;
        for (Standing standing : standings.values()) {
            if (!(standing.service() instanceof Service.In)) {
                out.add(standing.node());
            }
            if (standing.service() instanceof Service.OnProbe) {
                onProbe.add(standing.node());
            }
            if (standing.ready()) {
                ready++;
                in += standing.service() instanceof Service.In ? 1 : 0;
            }
        }
        boolean few = in < config.panicThreshold() * ready;
        if (few != panic) {
            panic = few;
            listener.accept(new OutlierEvent.Panic(few, in, ready));
        }
        sparedTold = false;
        roster = new Roster(
                instances, Map.copyOf(standings), few ? Set.of() : Set.copyOf(out), Set.copyOf(onProbe), few);
        return roster;
    }
}
