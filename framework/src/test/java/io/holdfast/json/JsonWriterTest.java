package io.holdfast.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonWriterTest {
    @Test
    void commasStandBetweenValuesAndNowhereElse() {
        JsonWriter json = new JsonWriter().object();
        json.name("a").array().value(1).value(true).object().endObject().endArray();
        json.name("b")
                .value((String) null)
                .name("c")
                .object()
                .name("d")
                .value("x")
                .endObject();
        assertThat(json.endObject()).hasToString("{\"a\":[1,true,{}],\"b\":null,\"c\":{\"d\":\"x\"}}");
    }

    @Test
    void textIsEscapedSoThatItStaysText() {
        assertThat(new JsonWriter().value("a\"b\\c\n\r\t\u0001é\ud83d\ude00\ud83d"))
                .hasToString("\"a\\\"b\\\\c\\n\\r\\t\\u0001é\ud83d\ude00\\ud83d\"");
    }
}
