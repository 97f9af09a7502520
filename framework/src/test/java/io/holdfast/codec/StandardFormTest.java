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
}
