package io.holdfast.replication.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.ProtocolException;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a message of any origin can do to the node that reads it. */
class DeltaCodecTest {
    private static DeltaCodec.Named again(ObjectId id, Delta delta) {
        return DeltaCodec.decode(DeltaCodec.encode(id, delta));
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS) // it takes milliseconds, or many minutes
    void aContextWithManyGapsIsReadInTimeOfItsLength() {
        long[] bounds = new long[800_000];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = 3L * (i / 2) + 1 + i % 2;
        }
        CausalContext seen = new CausalContext();
        seen.add(5, DotRanges.ofOrdered(bounds));
        Delta delta = new Delta(new TreeMap<>(), seen);
        assertThat(again(new ObjectId(Kind.SET, "s"), delta).delta()).isEqualTo(delta);
    }

    @Test
    void rangesThatTouchAreOne() {
        assertThat(DotRanges.ofOrdered(new long[] {1, 2, 3, 4, 6, 6}))
                .isEqualTo(DotRanges.of(1, 4).plus(DotRanges.of(6, 6)));
    }

    private static Delta one(byte[] path, int... value) {
        Dot dot = new Dot(1, 1);
        byte[] bytes = new byte[value.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) value[i];
        }
        TreeMap<Dot, Entry> entries = new TreeMap<>();
        entries.put(dot, new Entry(dot, Path.of(path), bytes));
        return new Delta(entries, CausalContext.of(dot));
    }

    private static void refused(Kind kind, Delta delta) {
        assertThatThrownBy(() -> again(new ObjectId(kind, "x"), delta)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void whatNoReaderCouldReadDoesNotComeIn() {
        byte[] root = {};
        byte[] inMap = {1, 'k', (byte) Kind.COUNTER.ordinal()};
        refused(Kind.COUNTER, one(root));
        refused(Kind.COUNTER, one(root, 1));
        refused(Kind.COUNTER, one(root, 1, 1, 1));
        refused(Kind.COUNTER, one(root, 255, 255, 255, 255, 255, 255, 255, 255, 127, 0));
        refused(Kind.GROW_COUNTER, one(inMap, 1, 1));
        refused(Kind.ENABLE_WINS_FLAG, one(root, 2));
        refused(Kind.LAST_WRITER_REGISTER, one(root, 0, 5, 1));
        refused(Kind.LAST_WRITER_REGISTER, one(root, 255, 255, 255, 255, 255, 255, 255, 255, 127, 0));
        refused(Kind.SET, one(inMap, 1));
        refused(Kind.MAP, one(root, 1, 1));
        refused(Kind.MAP, one(inMap, 1));
        refused(Kind.MAP, one(new byte[] {1, 'k', (byte) Kind.MAP.ordinal()}, 1, 1));
        refused(Kind.MAP, one(new byte[] {1, 'k', (byte) Kind.COUNTER.ordinal(), 0}, 1, 1));
        Delta fine = one(inMap, 1, 1);
        assertThat(again(new ObjectId(Kind.MAP, "x"), fine).delta()).isEqualTo(fine);
    }

    @Test
    void aRegisterOfTheLastTimeCanStillBeWritten() {
        Replica replica = Replicas.replica(100);
        replica.merge(
                new ObjectId(Kind.LAST_WRITER_REGISTER, "r"),
                one(new byte[] {}, 128, 128, 128, 128, 128, 128, 128, 128, 64, 0),
                Replicas.PEER);
        new Shelf(replica).register("r").set("later");
        assertThat(new Shelf(replica).register("r").value()).contains("later");
        ObjectId id = new ObjectId(Kind.LAST_WRITER_REGISTER, "r");
        assertThat(again(id, Replicas.state(replica, id)).delta()).isEqualTo(Replicas.state(replica, id));
    }
}
