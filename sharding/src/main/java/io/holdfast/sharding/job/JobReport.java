package io.holdfast.sharding.job;

import io.holdfast.core.telemetry.Telemetry;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people what became of the ticks of a job. For use by the thread of the jobs. */
final class JobReport {
    private static final Logger LOG = LoggerFactory.getLogger(JobReport.class);
    private static final String AREA = "job";

    private final String job;
    private final Telemetry telemetry;

    JobReport(String job, Telemetry telemetry) {
        this.job = job;
        this.telemetry = telemetry;
    }

    void ran(JobPass.End end) {
        String result = end.outcome().name().toLowerCase(Locale.ROOT);
        JobMetric.RUN
                .timer()
                .tag("job", job)
                .tag("result", result)
                .register(telemetry.meters())
                .record(end.nanos(), TimeUnit.NANOSECONDS);
        if (end.outcome() != JobEvent.Outcome.DONE) {
            telemetry.recorder().record(AREA, job, result + " " + end.detail());
        }
        if (end.outcome() == JobEvent.Outcome.FAILED) {
            LOG.warn(
                    "job {} failed; its next tick runs all the same",
                    job,
                    end.failure().orElse(null));
        }
    }

    /** Ticks that did not run, which stand in the row now. */
    void changed(JobRecord before, JobRecord after) {
        after.history().stream()
                .filter(event -> isNotRun(event) && !before.history().contains(event))
                .forEach(this::notRun);
    }

    private static boolean isNotRun(JobEvent event) {
        return event.outcome() == JobEvent.Outcome.MISSED || event.outcome() == JobEvent.Outcome.LOST;
    }

    private void notRun(JobEvent event) {
        String why = event.outcome().name().toLowerCase(Locale.ROOT);
        JobMetric.NOT_RUN
                .counter()
                .tag("job", job)
                .tag("why", why)
                .register(telemetry.meters())
                .increment(event.ticks());
        String text = event.ticks() == 1
                ? why + " tick " + event.tick()
                : why + " " + event.ticks() + " ticks from " + event.tick() + " to " + event.last();
        telemetry.recorder().record(AREA, job, text);
        LOG.warn("job {}: {}", job, text);
    }
}
