package io.holdfast.sharding.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.Retry;
import io.holdfast.core.call.CallContext;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class EntityWireTest {
    private static final EntityCall CALL = new EntityCall(
            new EntityId("cart", "größe"),
            -3,
            new byte[] {9, 8},
            new CallId(-77, 5),
            4,
            2,
            3,
            CallContext.EMPTY.withDeadline(new Deadline(1_000_000)));

    private static void isRefusedOrAnother(byte[] good, Consumer<byte[]> decode) {
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> decode.accept(cut)).isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> decode.accept(Arrays.copyOf(good, good.length + 1)))
                .isInstanceOf(ProtocolException.class);
        Random random = new Random(5);
        for (int i = 0; i < 5_000; i++) {
            byte[] spoilt = good.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt();
            }
            try {
                decode.accept(spoilt);
            } catch (ProtocolException expected) {
                continue; // it may also be another message
            }
        }
    }

    @Test
    void aRequestComesBackFromItsBytes() {
        byte[] bytes = EntityWire.encode(new EntityRequest(CALL, 12, 3, true), 400_000);
        EntityRequest back = EntityWire.decode(bytes, CallContext.EMPTY.withCorrelationId("c"), 50);
        assertThat(back.revision()).isEqualTo(12);
        assertThat(back.epoch()).isEqualTo(3);
        assertThat(back.forwarded()).isTrue();
        assertThat(back.call().entity()).isEqualTo(CALL.entity());
        assertThat(back.call().method()).isEqualTo(-3);
        assertThat(back.call().id()).isEqualTo(CALL.id());
        assertThat(back.call().firstOpen()).isEqualTo(4);
        assertThat(back.call().introduced()).isEqualTo(2);
        assertThat(back.call().copies()).isEqualTo(3);
        assertThat(back.call().arguments()).containsExactly(9, 8);
        assertThat(back.call().context().correlationId()).isEqualTo("c");
        assertThat(back.call().context().deadline()).isEqualTo(new Deadline(600_050));
    }

    @Test
    void anAnswerComesBackFromItsBytes() {
        ShardMap map =
                ShardMap.empty("entities", 4).with(Map.of(0, Ownership.NONE.takenBy(new Host(NodeId.of("a"), 1))));
        for (Served served : List.of(
                new Served.Answered(new byte[] {1, 2}),
                Served.MOVED,
                new Served.Introduce(7),
                new Served.Failed("a.B", "why", Retry.IF_IDEMPOTENT),
                new Served.Unknown("perhaps"))) {
            for (Optional<ShardMap> along : List.of(Optional.of(map), Optional.<ShardMap>empty())) {
                EntityResponse back = EntityWire.decode(EntityWire.encode(new EntityResponse(served, along)));
                assertThat(back.map()).isEqualTo(along);
                if (served instanceof Served.Answered) {
                    assertThat(((Served.Answered) back.served()).bytes()).containsExactly(1, 2);
                } else {
                    assertThat(back.served()).isEqualTo(served);
                }
            }
        }
    }

    @Test
    void hostileBytesAreRefusedWhateverIsWrong() {
        isRefusedOrAnother(
                EntityWire.encode(new EntityRequest(CALL, 12, 3, true), 400_000),
                bytes -> EntityWire.decode(bytes, CallContext.EMPTY, 0));
        isRefusedOrAnother(
                EntityWire.encode(new EntityResponse(
                        new Served.Failed("a.B", "why", Retry.NEVER), Optional.of(ShardMap.empty("entities", 4)))),
                EntityWire::decode);
    }

    @Test
    void aPathThatIsNoneOrTooLongIsRefused() {
        CallContext deep = CallContext.EMPTY;
        for (int i = 0; i < CallPath.MAX_DEPTH; i++) {
            deep = CallPath.within(deep, i);
        }
        assertThat(CallPath.of(deep)).hasSize(CallPath.MAX_DEPTH).startsWith(0, 1, 2);
        CallContext deeper = CallPath.within(deep, 99);
        assertThatThrownBy(() -> CallPath.of(deeper))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("path of a call (33 calls) must be at most 32");
        for (String hostile : List.of("0", "zzzzzzzzzzzzzzzz")) {
            assertThatThrownBy(() -> CallPath.of(CallContext.EMPTY.withBaggage(Map.of("holdfast-chain", hostile))))
                    .isInstanceOf(ProtocolException.class);
        }
    }
}
