package io.holdfast.replication.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real disk that is full to the last byte. Needs the right to mount; where it is missing, {@link DiskFaultTest} has the same with injected failures. */
@Tag("slow")
@Timeout(120)
class FullDiskTest {
    private static final StoreOptions OPTIONS =
            new StoreOptions(new DataSize(256 << 10), 1, new DataSize(1 << 20), new DataSize(0));

    @TempDir
    Path disk;

    private static boolean ran(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    @Test
    void putsAreRefusedGetsGoOnAndAllIsWellWhenThereIsSpace() throws Exception {
        assumeThat(ran("mount", "-t", "tmpfs", "-o", "size=4m", "holdfast-test", disk.toString()))
                .as("this machine lets the test mount a small file system")
                .isTrue();
        try (Environment environment = Environment.system()) {
            Path directory = disk.resolve("rows");
            int refused;
            try (RowStore store = RowStore.open(directory, "a", OPTIONS, environment)) {
                fill();
                refused = putUntilRefused(store);
                for (int i = 0; i < refused; i++) {
                    assertThat(store.get(Oracle.key(i))).isEqualTo(new byte[2_000 + i]);
                }
                Files.delete(disk.resolve("ballast"));
                putWhenTaken(store, refused);
            }
            try (RowStore store = RowStore.open(directory, "a", OPTIONS, environment)) {
                assertThat(store.size()).isEqualTo(refused + 1);
                assertThat(store.get(Oracle.key(refused))).isEqualTo(new byte[2_000 + refused]);
            }
        } finally {
            ran("umount", disk.toString());
        }
    }

    private void fill() throws IOException {
        try (FileChannel file =
                FileChannel.open(disk.resolve("ballast"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(3 << 20));
        }
    }

    private static int putUntilRefused(RowStore store) {
        for (int i = 0; ; i++) {
            try {
                long position = store.put(Oracle.key(i), i, new byte[2_000 + i]);
                for (int tries = 0; store.synced() < position && tries < 1_000_000; tries++) {
                    Thread.onSpinWait(); // so that it does not wait for too much
                }
            } catch (UnavailableException e) {
                assertThat(e).hasMessageContaining("No space left");
                return i;
            }
        }
    }

    private static void putWhenTaken(RowStore store, int number) {
        while (true) {
            try {
                store.put(Oracle.key(number), number, new byte[2_000 + number]);
                return;
            } catch (UnavailableException e) {
                Thread.onSpinWait(); // it looks for space ten times a second
            }
        }
    }
}
