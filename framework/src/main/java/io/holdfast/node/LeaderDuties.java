package io.holdfast.node;

import io.holdfast.consensus.Candidacy;
import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.LeaderElection;
import io.holdfast.consensus.Lease;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.telemetry.Telemetry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** What this node does only in office, counted and noted. Safe for use by many threads. */
final class LeaderDuties {
    private static final String AREA = "leader-only";

    private final NodeId self;
    private final Supplier<Consensus> consensus;
    private final LeaderOnlyConfig config;
    private final MonotonicClock clock;
    private final Telemetry telemetry;
    private final Map<String, Candidacy> elections = new HashMap<>();

    LeaderDuties(
            NodeId self,
            Supplier<Consensus> consensus,
            LeaderOnlyConfig config,
            MonotonicClock clock,
            Telemetry telemetry) {
        this.self = self;
        this.consensus = consensus;
        this.config = config;
        this.clock = clock;
        this.telemetry = telemetry;
    }

    /** Before anything of an object is started, so that a mistake leaves nothing half done. */
    synchronized void check(List<LeaderMethod> methods) {
        methods.forEach(method -> requireFree(method.election()));
    }

    private void requireFree(String election) {
        if (elections.containsKey(election)) {
            throw new InvalidContractException("node " + self + " stands for election " + election
                    + " already, and one term has one job; do both in one, or name another election");
        }
    }

    synchronized Candidacy lead(String election, Duration every, LeaderElection.Duty body) {
        requireFree(election);
        AtomicLong last = new AtomicLong();
        Candidacy named =
                new Named(election, consensus.get().election(election).lead(config.every(election, every), term -> {
                    if (last.getAndSet(term.token()) != term.token()) {
                        telemetry.recorder().record(AREA, election, "elected in term " + term.token());
                    }
                    run(election, term, body);
                }));
        elections.put(election, named);
        return named;
    }

    private void run(String election, Lease term, LeaderElection.Duty body) throws InterruptedException {
        long began = clock.nanoTime();
        String result = "failed";
        try {
            body.run(term);
            result = "done";
        } catch (InterruptedException e) {
            result = "interrupted";
            throw e;
        } finally {
            if (!term.isHeld()) {
                result = "interrupted";
            }
            LeaderMetric.RUN
                    .timer()
                    .tag("election", election)
                    .tag("result", result)
                    .register(telemetry.meters())
                    .record(clock.nanoTime() - began, TimeUnit.NANOSECONDS);
            if (!result.equals("done")) {
                telemetry.recorder().record(AREA, election, result + " in term " + term.token());
            }
        }
    }

    /** Frees the name with the candidacy. */
    private final class Named implements Candidacy {
        private final String election;
        private final Candidacy candidacy;

        Named(String election, Candidacy candidacy) {
            this.election = election;
            this.candidacy = candidacy;
        }

        @Override
        public CompletionStage<Boolean> withdraw() {
            return candidacy.withdraw().whenComplete((served, error) -> free(election, this));
        }

        @Override
        public void close() {
            withdraw();
        }
    }

    private synchronized void free(String election, Candidacy candidacy) {
        elections.remove(election, candidacy);
    }
}
