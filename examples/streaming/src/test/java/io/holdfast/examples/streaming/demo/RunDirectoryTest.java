package io.holdfast.examples.streaming.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    @TempDir
    private Path base;

    @Test
    void deletesWhatEndedRunsLeftAndNothingOfARunThatGoesOn() throws IOException {
        Path left = Files.createDirectories(base.resolve("holdfast-demo-1/node-1"));
        Files.writeString(left.resolve("cell"), "x");
        Files.writeString(base.resolve("holdfast-demo-1/lock"), "");
        Path foreign = Files.createDirectories(base.resolve("holdfast-demo-of-somebody-else"));

        Path first = RunDirectory.create(base).path();
        RunDirectory second = RunDirectory.create(base);

        assertThat(base.resolve("holdfast-demo-1")).doesNotExist();
        assertThat(foreign).isDirectory();
        assertThat(first).isDirectory().isNotEqualTo(second.path());
        second.delete();
        assertThat(second.path()).doesNotExist();
    }

    /** Makes a directory as another demo would. */
    static final class OtherDemo {
        private OtherDemo() {}

        public static void main(String[] args) {
            RunDirectory.create(Path.of(args[0]));
        }
    }

    @Test
    void twoRunsOfOneProcessAreSafeFromThoseOfOthers() throws Exception {
        RunDirectory first = RunDirectory.create(base);
        RunDirectory second = RunDirectory.create(base);
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherDemo.class.getName(),
                        base.toString())
                .inheritIO()
                .start();
        assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(other.exitValue()).isZero();
        assertThat(first.path()).isDirectory();
        assertThat(second.path()).isDirectory();
    }
}
