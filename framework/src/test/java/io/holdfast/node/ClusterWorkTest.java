package io.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.config.ConfigurationException;
import io.holdfast.service.RemoteService;
import io.holdfast.service.Scheduled;
import io.holdfast.service.Singleton;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.job.ClusterJobs;
import io.holdfast.sharding.job.Hosted;
import io.holdfast.sharding.job.JobBody;
import io.holdfast.sharding.job.JobRecord;
import io.holdfast.sharding.job.JobRun;
import io.holdfast.sharding.job.Misfire;
import io.holdfast.sharding.job.Schedule;
import io.holdfast.sharding.job.SingletonService;
import io.holdfast.sharding.job.Worker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What annotations make of an object, in a runtime made by hand. */
class ClusterWorkTest {
    private static final class Runtime implements ClusterJobs {
        final Map<String, String> schedules = new LinkedHashMap<>();
        final Map<String, JobBody> bodies = new LinkedHashMap<>();
        final Map<String, SingletonService> services = new LinkedHashMap<>();

        private static Hosted hosted() {
            return () -> CompletableFuture.completedFuture(null);
        }

        @Override
        public Hosted schedule(String name, Schedule schedule, JobBody body) {
            schedules.put(name, schedule.toString());
            bodies.put(name, body);
            return hosted();
        }

        @Override
        public Hosted singleton(String name, SingletonService service) {
            services.put(name, service);
            return hosted();
        }

        @Override
        public Hosted workers(String pool, int count, Worker worker) {
            return hosted();
        }

        @Override
        public CompletionStage<Optional<JobRecord>> report(String job, Deadline deadline) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
    }

    private final Runtime runtime = new Runtime();

    private NodeJobs jobs(String... settings) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String setting : settings) {
            values.put(setting.split("=", 2)[0], setting.split("=", 2)[1]);
        }
        JobsConfig config = Configuration.builder()
                .settings(values)
                .build()
                .bind(List.of(JobsConfig.SECTION))
                .get(JobsConfig.SECTION);
        return new NodeJobs(NodeId.of("one"), () -> runtime, config);
    }

    private static void host(NodeJobs jobs, Object bean) {
        ClusterWork work = ClusterWork.of(bean);
        jobs.check(work);
        jobs.host(work);
    }

    @Singleton(name = "billing")
    private static class Billing implements SingletonService {
        final List<String> runs = new ArrayList<>();

        @Scheduled(name = "invoices", cron = "30 2 * * *", zone = "Europe/Berlin", misfire = Misfire.RUN_ONCE)
        void invoices() {
            runs.add("invoices");
        }

        @Scheduled(name = "reminders", every = "10s", jitter = "2s")
        private void reminders() throws Exception {
            throw new java.io.IOException("no mail");
        }

        @Override
        public void start(Tenure tenure) {}

        @Override
        public void stop() {}
    }

    private record Held(int shard, Epoch epoch, ReplicatedTable.Condition fence) implements Tenure {
        @Override
        public ReplicatedTable table() {
            throw new UnsupportedOperationException("nobody writes here");
        }

        @Override
        public boolean holds() {
            return true;
        }
    }

    private static JobRun run(String job) {
        return new JobRun(job, Instant.EPOCH, new Held(1, new Epoch(7), new ReplicatedTable.Condition("f", 1)));
    }

    @Test
    void annotationsAndCodeAreTheSameJob() throws Exception {
        Billing billing = new Billing();
        host(jobs(), billing);
        assertThat(runtime.schedules)
                .containsEntry("invoices", "cron 30 2 * * * Europe/Berlin, late ones RUN_ONCE")
                .containsEntry("reminders", "every 10s with jitter up to 2s, late ones SKIP");
        assertThat(runtime.services).containsEntry("billing", billing);
        runtime.bodies.get("invoices").run(run("invoices"));
        assertThat(billing.runs).containsExactly("invoices");
        assertThatThrownBy(() -> runtime.bodies.get("reminders").run(run("reminders")))
                .hasMessageContaining("reminders failed")
                .hasRootCauseMessage("no mail");
    }

    @Test
    void whatIsConfiguredWinsOverAnnotationAndCode() {
        NodeJobs jobs = jobs(
                "holdfast.jobs.invoices.every=1h",
                "holdfast.jobs.invoices.jitter=5m",
                "holdfast.jobs.reminders.misfire=run-all",
                "holdfast.jobs.mine.cron=0 4 * * *");
        host(jobs, new Billing());
        jobs.schedule("mine", Schedule.every(java.time.Duration.ofSeconds(1)), run -> {});
        assertThat(runtime.schedules)
                .containsEntry("invoices", "every 1h with jitter up to 5m, late ones RUN_ONCE")
                .containsEntry("reminders", "every 10s with jitter up to 2s, late ones RUN_ALL")
                .containsEntry("mine", "cron 0 4 * * * UTC, late ones SKIP");
    }

    @Test
    void whatTheCodeSaidNeedNotFitWhatReplacesIt() {
        host(jobs("holdfast.jobs.reminders.every=1s", "holdfast.jobs.reminders.jitter=100ms"), new Billing());
        assertThat(runtime.schedules).containsEntry("reminders", "every 1s with jitter up to 100ms, late ones SKIP");
    }

    @Test
    void aConfigurationThatDoesNotFitIsRefusedWithItsKey() {
        assertThatThrownBy(() -> jobs("holdfast.jobs.x.cron=0 4 * *"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("must have 5 fields");
        assertThatThrownBy(() -> jobs("holdfast.jobs.x.zone=UTC"))
                .hasMessageContaining(
                        "zone (UTC) says whose local time cron means, so cron () must be set; set it here, too, or remove zone");
        assertThatThrownBy(() -> jobs("holdfast.jobs.x.cron=0 4 * * *", "holdfast.jobs.x.every=90s"))
                .hasMessageContaining(
                        "cron (0 4 * * *) and every (1m30s) must not both say when it ticks; remove one of them");
        assertThatThrownBy(() -> host(jobs("holdfast.jobs.reminders.every=1s"), new Billing()))
                .hasMessageContaining(
                        "holdfast.jobs.reminders does not fit the job: jitter (2s) must be shorter than every (1s); lower the jitter");
        assertThat(runtime.schedules).isEmpty();
    }

    @RemoteService("ledger")
    interface Ledger {
        void note();
    }

    @Singleton(name = "Not A Label")
    private static class Wrong implements Ledger {
        @Override
        @Scheduled(name = "remote", every = "1s")
        public void note() {}

        @Scheduled(name = "a", every = "1s")
        int count() {
            return 1;
        }

        @Scheduled(name = "b")
        void never() {}

        @Scheduled(name = "b", every = "soon")
        void twice() {}

        @Scheduled(name = "", cron = "61 * * * *", jitter = "long")
        static void fixed() {}

        @Scheduled(name = "z", cron = "0 0 * * *", zone = "Mars/Base")
        void zone() {}

        @Scheduled(name = "j", every = "1s", jitter = "1s")
        void jitter() {}
    }

    @Test
    void everyMistakeIsReportedAtOnceWithItsPlaceAndTheFix() {
        assertThatThrownBy(() -> ClusterWork.of(new Wrong()))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining("Wrong.note: it is a method of a contract")
                .hasMessageContaining("Wrong.count: it returns int")
                .hasMessageContaining("Wrong.never: cron () or every () must say when it ticks")
                .hasMessageContaining("Wrong.twice: another method is job b")
                .hasMessageContaining("Wrong.twice: every (soon): must be a duration")
                .hasMessageContaining("Wrong.fixed: it is static")
                .hasMessageContaining("Wrong.fixed: name () must be a DNS label")
                .hasMessageContaining("Wrong.fixed: cron (61 * * * *) is none")
                .hasMessageContaining("Wrong.fixed: jitter (long): must be a duration")
                .hasMessageContaining("Wrong.zone: zone (Mars/Base) must be one that Java knows")
                .hasMessageContaining("Wrong.jitter: jitter (1s) must be shorter than every (1s)")
                .hasMessageContaining("Wrong: name (Not A Label) must be a DNS label")
                .hasMessageContaining("Wrong: it does not implement SingletonService");
    }

    @Test
    void aNodeHostsAJobOnceAndAgainWhenItWasTakenBack() {
        NodeJobs jobs = jobs();
        Hosted mine = jobs.schedule("invoices", Schedule.every(java.time.Duration.ofHours(1)), run -> {});
        assertThatThrownBy(() -> host(jobs, new Billing()))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining("node one hosts job invoices already");
        assertThat(runtime.services).isEmpty();
        mine.close();
        host(jobs, new Billing());
        assertThat(runtime.services).containsKey("billing");
    }

    @Test
    void withoutShardsAJobIsRefusedBeforeAnythingIsHosted() {
        NodeJobs jobs = new NodeJobs(
                NodeId.of("one"),
                () -> {
                    throw new IllegalStateException("no shards");
                },
                new JobsConfig(Map.of()));
        assertThatThrownBy(() -> jobs.check(ClusterWork.of(new Billing()))).hasMessage("no shards");
        jobs.check(ClusterWork.of("text"));
    }
}
