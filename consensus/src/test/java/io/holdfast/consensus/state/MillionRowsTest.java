package io.holdfast.consensus.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.primitive.MapChange;
import io.holdfast.consensus.primitive.MapCondition;
import io.holdfast.consensus.primitive.MapType;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Environment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class MillionRowsTest {
    private static final int ROWS = 1_000_000;

    private final PrimitiveMachine machine = new PrimitiveMachine(List.of(new MapType()), StateLimits.standard());
    private long index;

    private void put(long session, long sequence, int key, byte fill) {
        byte[] value = new byte[100];
        value[0] = fill;
        byte[] operation = MapType.write(MapCondition.ALWAYS, MapChange.put(Tables.key(key, key), value));
        machine.apply(
                ++index,
                index,
                new Command.Operate(session, sequence, sequence - 1, MapType.ID, "m", operation).encode());
    }

    @Test
    @SuppressWarnings("SystemOut") // what it cost is the result
    void aMillionEntriesAreCapturedWhileCommandsGoOnAndRestored() throws IOException {
        try (Environment environment = Environment.system()) {
            long session = Answer.decode(
                            machine.apply(++index, index, new Command.Open(Command.MAX_TTL_NANOS, "test").encode()))
                    .revision();
            long start = environment.clock().nanoTime();
            for (int i = 0; i < ROWS; i++) {
                put(session, i + 1, i, (byte) 1);
            }
            long filled = environment.clock().nanoTime();
            long hash = machine.digest().hash();
            ReplicatedLog.Capture capture = machine.capture();
            long at = index;
            long captured = environment.clock().nanoTime();
            for (int i = 0; i < 50_000; i++) {
                put(session, ROWS + i + 1, i * 7, (byte) 2);
            }
            long changed = environment.clock().nanoTime();
            ByteArrayOutputStream out = new ByteArrayOutputStream(256 << 20);
            capture.writeTo(out);
            capture.close();
            long written = environment.clock().nanoTime();
            PrimitiveMachine restored = new PrimitiveMachine(List.of(new MapType()), StateLimits.standard());
            restored.restore(at, new ByteArrayInputStream(out.toByteArray()));
            long ready = environment.clock().nanoTime();
            assertThat(restored.digest().hash()).isEqualTo(hash);
            System.out.printf(
                    "1M puts %.2f us each; capture %.3f ms; 50k puts beside it %.2f us each; written %d ms, %d MB; restored %d ms%n",
                    (filled - start) / 1e3 / ROWS,
                    (captured - filled) / 1e6,
                    (changed - captured) / 1e3 / 50_000,
                    (written - changed) / 1_000_000,
                    out.size() >> 20,
                    (ready - written) / 1_000_000);
        }
    }
}
