package io.holdfast.node;

import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.core.InvalidContractException;
import io.holdfast.service.Scheduled;
import io.holdfast.service.Singleton;
import io.holdfast.sharding.job.JobBody;
import io.holdfast.sharding.job.Schedule;
import io.holdfast.sharding.job.SingletonService;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@link Scheduled} and {@link Singleton} make of an object.
 *
 * @param jobs its scheduled methods
 * @param singleton itself, if its class says so
 */
record ClusterWork(List<Job> jobs, Optional<Service> singleton) {
    /** A scheduled method. */
    record Job(String name, Schedule schedule, JobBody body) {}

    /** An object that is alive on one node. */
    record Service(String name, SingletonService service) {}

    boolean isEmpty() {
        return jobs.isEmpty() && singleton.isEmpty();
    }

    /**
     * Reads an object.
     *
     * @throws InvalidContractException with every mistake, each with its place and the fix
     */
    static ClusterWork of(Object bean) {
        List<String> problems = new ArrayList<>();
        List<Job> jobs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (AnnotatedMethod<Scheduled> method : AnnotatedMethod.in(bean.getClass(), Scheduled.class)) {
            Scheduled said = method.said();
            List<String> wrong = method.mistakes(bean.getClass(), "the epoch");
            Optional<Schedule> schedule = schedule(said, wrong);
            if (!names.add(said.name())) {
                wrong.add("another method is job " + said.name()
                        + "; call one from the other, or give each a name of its own");
            }
            wrong.forEach(rule -> problems.add(method.place() + ": " + rule));
            if (wrong.isEmpty()) {
                AnnotatedMethod.Body body = method.of(bean);
                jobs.add(new Job(said.name(), schedule.orElseThrow(), run -> body.run()));
            }
        }
        Optional<Service> singleton = singleton(bean, problems);
        AnnotatedMethod.refuse(bean, "@Scheduled and @Singleton", problems);
        return new ClusterWork(jobs, singleton);
    }

    /** Empty if something is wrong with when it ticks. */
    private static Optional<Schedule> schedule(Scheduled said, List<String> wrong) {
        attempt(wrong, () -> Check.label("name", said.name()));
        Optional<Schedule> ticks = attempt(wrong, () -> ticks(said));
        Optional<Duration> jitter =
                attempt(wrong, () -> said.jitter().isEmpty() ? Duration.ZERO : duration("jitter", said.jitter()));
        return ticks.flatMap(found -> jitter.flatMap(
                late -> attempt(wrong, () -> found.withJitter(late).withMisfire(said.misfire()))));
    }

    private static Schedule ticks(Scheduled said) {
        Check.that(
                said.cron().isEmpty() != said.every().isEmpty(),
                "cron (%s) or every (%s) must say when it ticks, and not both",
                said.cron(),
                said.every());
        if (!said.every().isEmpty()) {
            return Schedule.every(duration("every", said.every()));
        }
        return Schedule.cron(said.cron(), zone(said.zone()));
    }

    static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "zone (" + name + ") must be one that Java knows; write for instance Europe/Berlin", e);
        }
    }

    private static Duration duration(String name, String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " (" + text + "): " + e.getMessage(), e);
        }
    }

    private interface Reading<T> {
        T read();
    }

    private static <T> Optional<T> attempt(List<String> wrong, Reading<T> reading) {
        try {
            return Optional.of(reading.read());
        } catch (IllegalArgumentException e) {
            wrong.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Optional<Service> singleton(Object bean, List<String> problems) {
        Singleton said = bean.getClass().getAnnotation(Singleton.class);
        if (said == null) {
            return Optional.empty();
        }
        String place = bean.getClass().getSimpleName() + ": ";
        List<String> wrong = new ArrayList<>();
        attempt(wrong, () -> Check.label("name", said.name()));
        wrong.forEach(rule -> problems.add(place + rule));
        if (bean instanceof SingletonService service) {
            return Optional.of(new Service(said.name(), service));
        }
        problems.add(place + "it does not implement SingletonService; do that, start and stop say when it is alive");
        return Optional.empty();
    }
}
