package io.holdfast.core.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCellsTest {
    @TempDir
    Path directory;

    @Test
    void aValueSurvivesCloseAndOpen() {
        try (FileCells cells = FileCells.open(directory, "a")) {
            assertThat(cells.read("cluster-id")).isEmpty();
            cells.write("cluster-id", new byte[] {1, 2, 3});
            cells.write("cluster-id", new byte[] {4, 5});
            cells.write("empty", new byte[0]);
            cells.write("largest", new byte[DurableCells.MAX_BYTES]);
        }
        try (FileCells cells = FileCells.open(directory, "a")) {
            assertThat(cells.read("cluster-id")).hasValue(new byte[] {4, 5});
            assertThat(cells.read("empty")).hasValue(new byte[0]);
            assertThat(cells.read("largest")).hasValue(new byte[DurableCells.MAX_BYTES]);
        }
    }

    @Test
    void aDirectoryIsOpenOnceOnly() {
        FileCells first = FileCells.open(directory, "a");
        assertThatThrownBy(() -> FileCells.open(directory, "a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        "is open in process " + ProcessHandle.current().pid())
                .hasMessageContaining("stop that node or give this one a directory of its own");
        first.close();
        FileCells.open(directory, "a").close();
    }

    @Test
    void aDirectoryOfAnotherNodeIsRefusedAndLeftAsItWas() {
        try (FileCells cells = FileCells.open(directory, "a")) {
            cells.write("value", new byte[] {1});
        }
        assertThatThrownBy(() -> FileCells.open(directory, "b"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to node a, not to b");
        try (FileCells cells = FileCells.open(directory, "a")) {
            assertThat(cells.read("value")).hasValue(new byte[] {1});
        }
    }

    @Test
    void aSpoiltByteAnywhereInAFileIsAnErrorThatNamesIt() throws IOException {
        try (FileCells cells = FileCells.open(directory, "a")) {
            cells.write("value", new byte[] {1, 2, 3, 4});
            Path file = directory.resolve("value.cell");
            byte[] whole = Files.readAllBytes(file);
            for (int i = 0; i < whole.length; i++) {
                byte[] spoilt = whole.clone();
                spoilt[i] ^= 0x10;
                Files.write(file, spoilt);
                assertUnreadable(cells);
            }
            for (int length = 0; length < whole.length; length++) {
                Files.write(file, Arrays.copyOf(whole, length));
                assertUnreadable(cells);
            }
            Files.write(file, Arrays.copyOf(whole, 200_000));
            assertUnreadable(cells);
        }
    }

    private static void assertUnreadable(FileCells cells) {
        assertThatThrownBy(() -> cells.read("value"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("value.cell");
    }

    @Test
    void aSpoiltCellOfADirectoryIsFoundWithoutOpeningIt() throws IOException {
        assertThat(FileCells.damaged(directory.resolve("not-there"))).isEmpty();
        try (FileCells cells = FileCells.open(directory, "a")) {
            cells.write("one", new byte[] {1});
            cells.write("two", new byte[] {2});
        }
        assertThat(FileCells.damaged(directory)).isEmpty();
        for (String name : List.of("two.cell", "_owner.cell")) {
            Path file = directory.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            byte[] spoilt = whole.clone();
            spoilt[spoilt.length - 1] ^= 1;
            Files.write(file, spoilt);
            assertThat(FileCells.damaged(directory)).contains(file);
            Files.write(file, whole);
        }
    }

    @Test
    void whatACrashLeftOfAWriteIsIgnoredAndRemoved() throws IOException {
        try (FileCells cells = FileCells.open(directory, "a")) {
            cells.write("value", new byte[] {1});
        }
        Files.write(directory.resolve("value.new"), new byte[] {9, 9});
        try (FileCells cells = FileCells.open(directory, "a")) {
            assertThat(cells.read("value")).hasValue(new byte[] {1});
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("_lock", "_owner.cell", "value.cell");
        }
    }

    @Test
    void aFailedWriteLeavesTheOldValue() throws IOException {
        try (FileCells cells = FileCells.open(directory, "a")) {
            cells.write("value", new byte[] {1});
            Files.createDirectory(directory.resolve("value.new"));
            assertThatThrownBy(() -> cells.write("value", new byte[] {2}))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("value.cell cannot be written");
            assertThat(cells.read("value")).hasValue(new byte[] {1});
        }
    }

    @Test
    void namesMustBeLabelsAndValuesBounded() {
        try (FileCells cells = FileCells.open(directory, "a")) {
            assertThatIllegalArgumentException().isThrownBy(() -> cells.write("../escape", new byte[1]));
            assertThatIllegalArgumentException().isThrownBy(() -> cells.read("_owner"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cells.write("value", new byte[DurableCells.MAX_BYTES + 1]))
                    .withMessageContaining("65537 bytes");
        }
    }

    @Test
    void closedCellsSaySo() {
        FileCells cells = FileCells.open(directory, "a");
        cells.close();
        cells.close();
        assertThatThrownBy(() -> cells.read("value")).hasMessageContaining("is closed");
    }
}
