package io.holdfast.sharding.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.cluster.ReplicatedTable.Row;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HandoffCodecTest {
    private static final Host A = new Host(NodeId.of("a"), -7);
    private static final Epoch EPOCH = new Epoch(300);

    private static Stream<ShardMessage> messages() {
        return Stream.of(
                new ShardMessage.News(ShardMap.empty("entities", 4).with(Map.of(1, Ownership.NONE.takenBy(A)))),
                new ShardMessage.Ready(3, EPOCH, A),
                new ShardMessage.Served(4095, EPOCH),
                new ShardMessage.MayI(0, EPOCH, 12),
                new ShardMessage.Released(1, EPOCH, A));
    }

    private static void refusesEveryCut(byte[] bytes, Function<byte[], ?> decode) {
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> decode.apply(cut)).isInstanceOf(ProtocolException.class);
        }
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatThrownBy(() -> decode.apply(longer)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void everyMessageComesBackFromItsBytesAndNoPartOfThemIsOne() {
        messages().forEach(message -> {
            byte[] bytes = ShardMessageCodec.encode(message);
            assertThat(ShardMessageCodec.decode(bytes)).isEqualTo(message);
            refusesEveryCut(bytes, ShardMessageCodec::decode);
        });
    }

    @Test
    void aNoteComesBackFromItsBytes() {
        ShardNote note = new ShardNote("entities", -3, 250, Set.of("ssd", "big"), true);
        assertThat(ShardNote.of(note.bytes())).isEqualTo(note);
        refusesEveryCut(note.bytes(), ShardNote::of);
    }

    @Test
    void aFenceComesBackFromItsRow() {
        byte[] bytes = FenceCodec.encode(EPOCH, A);
        assertThat(FenceCodec.decode(new Row("fence", bytes, 4, 9))).isEqualTo(new Fence(EPOCH, A, 4));
        refusesEveryCut(bytes, cut -> FenceCodec.decode(new Row("fence", cut, 1, 1)));
    }
}
