package io.holdfast.sharding.job;

import io.holdfast.core.DurationText;
import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.sharding.Tenure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One job in one tenure: claims each tick by a commit, runs it, commits how it ended. For use by the thread of the jobs. */
final class JobDuty implements Stay {
    private static final Logger LOG = LoggerFactory.getLogger(JobDuty.class);
    /** A wall clock that was set is noticed within this. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private static final Duration AHEAD = Duration.ofMinutes(1);

    /**
     * What all tenures of a job share.
     *
     * @param name the job's name
     * @param schedule when it runs
     * @param body what it does
     * @param self this node
     */
    record Job(String name, Schedule schedule, JobBody body, NodeId self) {}

    private final Job job;
    private final Tenure tenure;
    private final JobThread thread;
    private final BodyRunner runner;
    private final JobReport report;
    private final JobRow row;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private JobRecord known;
    private boolean stored;
    private boolean writing;
    private boolean draining;
    private boolean stopped;
    private boolean toldAhead;
    private @Nullable Registration timer;
    private @Nullable JobPass running;

    private JobDuty(Job job, Tenure tenure, JobThread thread, BodyRunner runner, Telemetry telemetry) {
        this.job = job;
        this.tenure = tenure;
        this.thread = thread;
        this.runner = runner;
        this.report = new JobReport(job.name(), telemetry);
        this.row = new JobRow(job.name(), tenure, thread);
        this.known = JobRecord.first(job.schedule().ticks(), thread.now());
    }

    static JobDuty begin(Job job, Tenure tenure, JobThread thread, BodyRunner runner, Telemetry telemetry) {
        JobDuty duty = new JobDuty(job, tenure, thread, runner, telemetry);
        duty.load();
        return duty;
    }

    private void load() {
        row.load(found -> {
            stored = found.isPresent();
            known = found.orElse(known);
            step();
        });
    }

    /** Nothing is under way: decides what is next. Whatever goes wrong, the job does not rest for ever. */
    private void step() {
        if (draining || stopped) {
            end();
            return;
        }
        try {
            decide();
        } catch (RuntimeException e) {
            LOG.error(
                    "job {}: what is due cannot be worked out, it is tried again in {}",
                    job.name(),
                    DurationText.of(LOOK_AGAIN),
                    e);
            timer = thread.schedule(LOOK_AGAIN, this::wake);
        }
    }

    private void decide() {
        Instant now = thread.now();
        JobRecord next = known.ended(JobEvent.Outcome.LOST, now, "")
                .scheduled(job.schedule().ticks(), now);
        JobPlan plan = JobPlan.of(job.name(), job.schedule(), next.through(), now);
        Optional<Instant> run = Optional.empty();
        if (plan instanceof JobPlan.Act act) {
            run = act.run();
            next = acting(next, act, now);
        }
        if (stored && next.equals(known)) {
            await(plan, now);
        } else {
            put(next, run);
        }
    }

    private JobRecord acting(JobRecord from, JobPlan.Act act, Instant now) {
        JobRecord next = act.missed()
                .map(missed -> from.missed(new JobEvent(
                        JobEvent.Outcome.MISSED,
                        missed.first(),
                        missed.last(),
                        missed.count(),
                        now,
                        now,
                        job.self(),
                        "")))
                .orElse(from);
        return act.run()
                .map(tick -> next.claimed(new JobRecord.Claim(tick, now, tenure.epoch(), job.self())))
                .orElse(next);
    }

    private void await(JobPlan plan, Instant now) {
        if (plan instanceof JobPlan.Await wait) {
            if (known.through().isAfter(now.plus(AHEAD)) && !toldAhead) {
                toldAhead = true;
                LOG.warn(
                        "job {} was decided on up to {}, which is {} ahead of this node's clock, and will not tick before; set the clocks of the nodes alike",
                        job.name(),
                        known.through(),
                        DurationText.of(Duration.between(now, known.through())));
            }
            Duration left = Duration.between(now, wait.due());
            timer = thread.schedule(left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN, this::wake);
        }
    }

    /** A timer that was cancelled too late finds nothing to do. */
    private void wake() {
        if (timer != null && !ended.isDone()) {
            timer = null;
            step();
        }
    }

    private void put(JobRecord next, Optional<Instant> run) {
        writing = true;
        row.put(next, written -> {
            writing = false;
            switch (written) {
                case STANDS -> {
                    report.changed(known, next);
                    stored = true;
                    known = next;
                    run.ifPresentOrElse(this::run, this::step);
                }
                case OVERTAKEN -> load();
                case FENCED -> {
                    LOG.info(
                            "job {} has another owner than this node in epoch {}; it waits to be told",
                            job.name(),
                            tenure.epoch());
                    end();
                }
            }
        });
    }

    /** The claim stands. */
    private void run(Instant tick) {
        CallContext context = CallContext.EMPTY.withFencingToken(tenure.epoch().value());
        Optional<Duration> limit = job.schedule().limit();
        if (limit.isPresent()) {
            context = context.withDeadline(thread.deadline(limit.get()));
        }
        JobRun run = new JobRun(job.name(), tick, tenure);
        running = JobPass.start(thread, runner.start(context, () -> job.body().run(run)), limit, this::over);
    }

    private void over(JobPass.End end) {
        running = null;
        report.ran(end);
        JobRecord next = known.ended(end.outcome(), thread.now(), end.detail());
        if (stopped) {
            row.tryPut(next, this::end);
        } else {
            put(next, Optional.empty());
        }
    }

    @Override
    public void drain() {
        draining = true;
        if (!writing && running == null) {
            end();
        }
    }

    @Override
    public void stop() {
        if (stopped) {
            return; // what it writes last is under way
        }
        stopped = true;
        row.giveUp();
        if (running != null) {
            running.interrupt();
        } else {
            end();
        }
    }

    private void end() {
        row.giveUp();
        if (timer != null) {
            timer.close();
            timer = null;
        }
        ended.complete(null);
    }

    @Override
    public CompletionStage<?> ended() {
        return ended;
    }
}
