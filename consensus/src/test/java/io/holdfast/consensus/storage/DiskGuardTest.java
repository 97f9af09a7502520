package io.holdfast.consensus.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskGuardTest {
    private static final long GIB = 1 << 30;

    private final Environment environment = Environment.system();
    private final Telemetry telemetry = new Telemetry(
            new SimpleMeterRegistry(),
            OpenTelemetry.noop().getTracer("test"),
            new HealthChecks(),
            new FlightRecorder(environment.wallClock(), 16));
    private final AtomicReference<DiskGuard.Space> space = new AtomicReference<>();
    private final Deque<Runnable> due = new ArrayDeque<>();

    @AfterEach
    void close() {
        environment.close();
    }

    private DiskGuard start(long free) {
        space.set(new DiskGuard.Space(2 * GIB, free));
        return DiskGuard.start(
                new DiskGuard.Mark(0.1, DataSize.parse("512MiB"), Duration.ofSeconds(1)),
                () -> {
                    DiskGuard.Space now = space.get();
                    if (now.total() == 0) {
                        throw new IOException("the disk is gone");
                    }
                    return now;
                },
                (delay, task) -> {
                    due.add(task);
                    return () -> {};
                },
                new Inline(),
                telemetry);
    }

    private void free(long bytes) {
        space.set(new DiskGuard.Space(2 * GIB, bytes));
        due.remove().run();
    }

    private boolean ready() {
        return telemetry.health().ask(HealthCheck.Kind.READY).get("raft-disk").up();
    }

    @Test
    void belowTheMarkTheGroupIsReadOnlyAndTheNodeNotReadyUntilThereIsSpaceAgain() {
        try (DiskGuard guard = start(GIB)) {
            AtomicInteger changes = new AtomicInteger();
            guard.onChange(changes::incrementAndGet);
            long mark = 2 * GIB / 10;
            assertThatCode(guard::requireSpace).doesNotThrowAnyException();
            free(mark - 1);
            assertThat(guard.isFull()).isTrue();
            assertThat(ready()).isFalse();
            assertThatThrownBy(guard::requireSpace)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("read-only");
            free(mark + 1);
            assertThat(guard.isFull()).as("a little above the mark").isTrue();
            free(mark + mark / 10 + 1);
            assertThat(guard.isFull()).isFalse();
            assertThat(ready()).isTrue();
            assertThat(changes).hasValue(2);
        }
    }

    @Test
    void aDiskThatCannotBeAskedCountsAsFull() {
        try (DiskGuard guard = start(GIB)) {
            space.set(new DiskGuard.Space(0, 0));
            due.remove().run();
            assertThat(guard.isFull()).isTrue();
            free(GIB);
            assertThat(guard.isFull()).isFalse();
        }
    }

    @Test
    void ofALargeDiskAFixedAmountIsEnough() {
        DiskGuard.Mark mark = DiskGuard.Mark.of(DataSize.parse("512MiB"));
        assertThat(mark.isPassedBy(new DiskGuard.Space(1000 * GIB, GIB / 2))).isFalse();
        assertThat(mark.isPassedBy(new DiskGuard.Space(1000 * GIB, GIB / 2 - 1)))
                .isTrue();
        assertThat(mark.isPassedBy(new DiskGuard.Space(GIB, GIB / 10))).isFalse();
        assertThat(mark.isPassedBy(new DiskGuard.Space(GIB, GIB / 10 - 1))).isTrue();
    }

    @Test
    void tooLittleSpaceIsToldWithTheSizeOfTheDiskAndTheSettingToChange() {
        String told = DiskGuard.Mark.of(DataSize.parse("512MiB")).describe(new DiskGuard.Space(2 * GIB, GIB / 8));
        assertThat(told)
                .contains("128 MiB are free", "which has 2048 MiB", "204 MiB must be")
                .contains("holdfast.consensus.raft.min-free-space (512MiB)");
    }

    @Test
    void theDiskOfADirectoryIsMeasured(@TempDir Path directory) throws IOException {
        assertThat(DiskGuard.Probe.of(directory).measure().total()).isPositive();
    }

    /** Runs at once, on the calling thread. */
    private static final class Inline extends java.util.concurrent.AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public java.util.List<Runnable> shutdownNow() {
            return java.util.List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, java.util.concurrent.TimeUnit unit) {
            return true;
        }
    }
}
