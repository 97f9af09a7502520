package io.holdfast.sharding.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardMapTest {
    private static final Host A = new Host(NodeId.of("a"), -7);
    private static final Host B = new Host(NodeId.of("b"), 8);

    @Test
    void aKeyLiesInTheSameShardForEver() {
        assertThat(KeyHash.of(""))
                .as("the vector of the reference implementation")
                .isEqualTo(0x2d06800538d394c2L);
        assertThat(KeyHash.of("cart-42")).isEqualTo(0xfece54e568bbffd8L);
        assertThat(KeyHash.shard("cart-42", 256)).isEqualTo(0xd8);
    }

    @Test
    void keysAreSpreadEvenly() {
        int[] counts = new int[256];
        IntStream.range(0, 256_000).forEach(i -> counts[KeyHash.shard("user-" + i, 256)]++);
        assertThat(Arrays.stream(counts).max().orElseThrow()).isLessThan(1150);
        assertThat(Arrays.stream(counts).min().orElseThrow()).isGreaterThan(850);
    }

    @Test
    void aMapComesBackFromItsBytes() {
        Ownership first = Ownership.NONE.takenBy(A);
        ShardMap map = ShardMap.empty("entities", 8)
                .founded(ShardRules.NONE, new ShardTerms(Duration.ofMillis(1500), 4))
                .with(Map.of(
                        0, first,
                        1, first.preparing(B),
                        2, first.handedTo(B),
                        3, first.takenBy(B)))
                .withRules(new ShardRules(true, Map.of(3, NodeId.of("b")), Set.of(NodeId.of("c")), Set.of("ssd")));
        assertThat(ShardMapCodec.decode(ShardMapCodec.encode(map))).isEqualTo(map);
        assertThat(map.at(2).handsOver()).isTrue();
        assertThat(map.at(2).previous()).contains(A);
        assertThat(map.at(3).handsOver()).isFalse();
        assertThat(map.at(3).epoch().value()).isEqualTo(2);
        assertThat(map.revision()).isEqualTo(3);
        assertThat(map.terms().groups()).isEqualTo(4);
    }

    @Test
    void bytesThatAreNoMapAreRefusedWhateverIsWrong() {
        byte[] good = ShardMapCodec.encode(ShardMap.empty("entities", 4).with(Map.of(0, Ownership.NONE.takenBy(A))));
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> ShardMapCodec.decode(cut)).isInstanceOf(ProtocolException.class);
        }
        for (int at = 0; at < good.length; at++) {
            byte[] flipped = good.clone();
            flipped[at] ^= (byte) 0x81;
            try {
                ShardMapCodec.decode(flipped);
            } catch (ProtocolException expected) {
                continue; // what is no map says so; a flip may also give another map
            }
        }
    }

    @Test
    void bansAreBounded() {
        Set<NodeId> many = IntStream.rangeClosed(0, 256)
                .mapToObj(i -> NodeId.of("gone" + i))
                .collect(Collectors.toSet());
        assertThatThrownBy(() -> ShardRules.NONE.withBans(many))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bans (257) must not be more than 256; lift those of nodes that are gone");
    }

    @Test
    void aNumberOfShardsThatIsNoPowerOfTwoIsRefused() {
        assertThatThrownBy(() -> ShardMap.empty("entities", 100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shards (100) of space entities must be a power of two up to 4096; take 256");
    }
}
