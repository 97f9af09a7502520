package io.holdfast.benchmarks.shards;

import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.env.Environment;
import io.holdfast.sharding.job.JobRecord;
import io.holdfast.sharding.map.KeyHash;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A job each second, while whoever runs it and whoever leads the group are killed and stopped in turn. For use by one thread. */
final class TickRun {
    private static final Duration DOWN = Duration.ofSeconds(8);
    private static final Duration REST = Duration.ofSeconds(4);
    private static final Duration CAUGHT_UP = Duration.ofSeconds(60);
    private static final int SCAN = 1_000;

    private final Environment environment;
    private final ShardCluster cluster;
    private final TickLedger ledger = new TickLedger();
    private final TickReports reports;
    private final Map<String, Integer> deeds = new TreeMap<>();

    private enum Fault {
        KILL_OWNER,
        PAUSE_LEADER,
        KILL_LEADER,
        PAUSE_OWNER;

        boolean kills() {
            return this == KILL_OWNER || this == KILL_LEADER;
        }

        boolean ofOwner() {
            return this == KILL_OWNER || this == PAUSE_OWNER;
        }
    }

    private TickRun(Environment environment, ShardCluster cluster) {
        this.environment = environment;
        this.cluster = cluster;
        this.reports = new TickReports(environment, cluster.client(), ledger);
    }

    static void run(Environment environment, ShardCluster cluster, int seconds, Bars bars) {
        new TickRun(environment, cluster).run(seconds, bars);
    }

    private void run(int seconds, Bars bars) {
        environment.threads().start("reports", reports);
        long first = firstTick();
        long begin = now();
        long end = begin + seconds * 1_000_000_000L;
        for (int turn = 0; now() + DOWN.plus(REST).toNanos() < end; turn++) {
            fault(Fault.values()[turn % Fault.values().length], (now() - begin) / 1_000_000_000L);
        }
        cluster.pass(Duration.ofNanos(Math.max(0, end - now())));
        long last = wall() / period() * period();
        caughtUp(last);
        reports.stop();
        effects();
        judge(ledger.judge(first, last, period()), bars);
    }

    private long now() {
        return environment.clock().nanoTime();
    }

    private long wall() {
        return environment.wallClock().now().toEpochMilli();
    }

    private static long period() {
        return TickEffect.PERIOD.toMillis();
    }

    /** The first tick after the job is known to run: what came before was perhaps before it was known. */
    private long firstTick() {
        long end = now() + CAUGHT_UP.toNanos();
        while (now() < end) {
            Optional<JobRecord> record = reports.last();
            if (record.isPresent() && !record.get().history().isEmpty()) {
                return record.get().through().toEpochMilli() + period();
            }
            cluster.pass(Duration.ofMillis(200));
        }
        throw new IllegalStateException(
                "the job has not run within " + CAUGHT_UP.toSeconds() + " s; see target/logs/shards-*.log");
    }

    private void fault(Fault fault, long atSecond) {
        String owner = cluster.view().owners().get(KeyHash.shard("job/" + TickEffect.JOB, ShardCluster.SHARDS));
        String leader = cluster.leader();
        String victim = fault.ofOwner() && cluster.running().contains(owner) ? owner : leader;
        String what = fault.kills() ? "kill" : "pause";
        String whom = victim.equals(owner) ? victim.equals(leader) ? "owner and leader" : "owner" : "leader";
        System.out.println(Bars.text("jobs, second %d: %s of %s (%s)", atSecond, what, victim, whom));
        deeds.merge(what + " of " + whom, 1, Integer::sum);
        if (fault.kills()) {
            cluster.kill(victim);
            cluster.pass(DOWN);
            cluster.spawn(victim);
            cluster.awaitReady(victim);
        } else {
            cluster.life(victim).jvm().freeze();
            cluster.pass(DOWN);
            cluster.life(victim).jvm().thaw();
        }
        cluster.pass(REST);
    }

    /** Until each tick has been decided on, and no run of one is open. */
    private void caughtUp(long last) {
        long end = now() + CAUGHT_UP.toNanos();
        while (now() < end) {
            Optional<JobRecord> record = reports.last();
            if (record.isPresent()
                    && record.get().through().toEpochMilli() >= last
                    && record.get()
                            .running()
                            .map(claim -> claim.tick().toEpochMilli() > last)
                            .orElse(true)) {
                return;
            }
            cluster.pass(Duration.ofMillis(200));
        }
        System.out.println("jobs: not every tick was decided on within " + CAUGHT_UP.toSeconds() + " s of the end");
    }

    private void effects() {
        ReplicatedTable rows = cluster.client().consensus().table("holdfast.shards");
        String last = "";
        boolean more = true;
        while (more) {
            ReplicatedTable.Page page = rows.scan(TickEffect.PREFIX, last, SCAN, ReadConsistency.LINEARIZABLE, soon())
                    .toCompletableFuture()
                    .join();
            for (ReplicatedTable.Row row : page.rows()) {
                ledger.effect(TickEffect.tick(row.key()));
                last = row.key();
            }
            more = page.more();
        }
    }

    private Deadline soon() {
        return Deadline.after(environment.clock().nanoTime(), Duration.ofSeconds(30));
    }

    private void judge(TickLedger.Verdict verdict, Bars bars) {
        bars.row("jobs", "faults", deeds.toString(), "some", !deeds.isEmpty());
        bars.row(
                "jobs",
                "ticks with one effect",
                verdict.once() + " of " + verdict.ticks(),
                "half",
                2 * verdict.once() > verdict.ticks());
        bars.row(
                "jobs",
                "ticks without an effect, and what was reported",
                verdict.reported().toString());
        bars.row("jobs", "ticks with two effects", Long.toString(verdict.twice()), "0", verdict.twice() == 0);
        bars.row(
                "jobs",
                "ticks without an effect and without a report",
                Long.toString(verdict.silent()),
                "0",
                verdict.silent() == 0);
        bars.row(
                "jobs",
                "ticks reported as missed that had an effect",
                Long.toString(verdict.denied()),
                "0",
                verdict.denied() == 0);
    }
}
