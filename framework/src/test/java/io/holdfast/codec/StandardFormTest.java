package io.holdfast.codec;

import static io.holdfast.codec.Samples.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.codec.Samples.*;
import java.util.*;
import org.junit.jupiter.api.Test;
import tools.jackson.core.*;
import tools.jackson.dataformat.cbor.CBORFactory;

/** The bytes are CBOR as RFC 8949 has it: an independent reader agrees, and the layout is pinned. */
class StandardFormTest {
    @Test
    void anIndependentCborReaderReadsEveryMessageToItsEnd() {
        byte[] bytes = CODEC.<Everything>forType(Everything.class).encode(EVERYTHING);
        List<String> texts = new ArrayList<>();
        try (JsonParser in = new CBORFactory().createParser(ObjectReadContext.empty(), bytes)) {
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME || token == JsonToken.VALUE_STRING) {
                    texts.add(in.getString());
                }
            }
        }
        assertThat(texts)
                .startsWith("shape", "Circle", "radius", "shapes", "Square")
                .contains(OTHERS.text(), "POINT", "tree");
    }

    @Test
    void theLayoutOfARecordIsPinned() {
        assertThat(HexFormat.of().formatHex(CODEC.<Line>forType(Line.class).encode(new Line("a", -5))))
                .isEqualTo("a2" + "63736b75" + "6161" + "687175616e74697479" + "24");
        assertThat(HexFormat.of().formatHex(CODEC.<Shape>forType(Shape.class).encode(new Circle(1.5))))
                .isEqualTo("82" + "66436972636c65" + "a1" + "66726164697573" + "fb3ff8000000000000");
    }

    @Test
    void theLayoutOfEachKindIsPinned() {
        assertThat(bytes(generic(List.class, Status.class), Arrays.asList(Status.OPEN, null)))
                .isEqualTo("82" + "644f50454e" + "f6");
        assertThat(bytes(generic(Map.class, String.class, int.class), Map.of("k", 24)))
                .isEqualTo("82" + "616b" + "1818");
        assertThat(bytes(generic(Page.class, Line.class), new Page<Line>(List.of(), Optional.empty())))
                .isEqualTo("a1" + "656974656d73" + "80");
        assertThat(bytes(java.time.Instant.class, java.time.Instant.ofEpochSecond(1, 2)))
                .isEqualTo("4c" + "0000000000000001" + "00000002");
        assertThat(bytes(UUID.class, new UUID(1, 2))).isEqualTo("50" + "0000000000000001" + "0000000000000002");
        assertThat(bytes(java.math.BigDecimal.class, new java.math.BigDecimal("1.5")))
                .isEqualTo("45" + "00000001" + "0f");
        assertThat(bytes(float.class, 1.5f)).isEqualTo("fa3fc00000");
        assertThat(bytes(long.class, Long.MIN_VALUE)).isEqualTo("3b7fffffffffffffff");
        assertThat(bytes(char.class, 'x')).isEqualTo("1878");
        assertThat(HexFormat.of()
                        .formatHex(CODEC.forArguments(List.of(long.class, boolean.class))
                                .encode(new Object[] {1L, true})))
                .isEqualTo("82" + "01" + "f5");
    }

    @Test
    void longTextAndBytesHaveDefiniteLengths() {
        assertThat(bytes(String.class, "x".repeat(100_000))).startsWith("7a000186a0" + "7878");
        assertThat(bytes(byte[].class, new byte[100_000])).startsWith("5a000186a0" + "0000");
    }

    private static String bytes(java.lang.reflect.Type type, Object value) {
        return HexFormat.of().formatHex(CODEC.forType(type).encode(value));
    }
}
