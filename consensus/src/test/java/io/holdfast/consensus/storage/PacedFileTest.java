package io.holdfast.consensus.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PacedFileTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private final AtomicInteger looks = new AtomicInteger();

    private void write(Pace pace) throws IOException {
        Path path = directory.resolve("large");
        try (PacedFile file = new PacedFile(path, pace)) {
            byte[] piece = new byte[MIB / 64];
            for (int i = 0; i < 64; i++) {
                piece[0] = (byte) i;
                file.write(piece);
            }
            file.sync();
        }
        byte[] written = Files.readAllBytes(path);
        assertThat(written).hasSize(MIB);
        for (int i = 0; i < 64; i++) {
            assertThat(written[i * (MIB / 64)]).isEqualTo((byte) i);
        }
    }

    /** The clock is read when a part begins and when it is on the disk, and not otherwise. */
    @Test
    void besideALogItRestsAfterEachPart() throws IOException {
        write(Pace.besideALog(looks::incrementAndGet));
        assertThat(looks).hasValue(1 + 4 * 2);
    }
}
