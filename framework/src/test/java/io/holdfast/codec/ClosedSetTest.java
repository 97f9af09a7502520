package io.holdfast.codec;

import static io.holdfast.codec.Samples.*;
import static org.assertj.core.api.Assertions.*;

import io.holdfast.codec.Samples.*;
import io.holdfast.core.CodecException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.codec.*;
import java.lang.reflect.Type;
import java.util.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.*;

class ClosedSetTest {
    record Open(Object any) {}

    record Raw(@SuppressWarnings("rawtypes") List list) {}

    record Pojo(StringBuilder builder) {}

    record Wide(ArrayList<String> list) {}

    record Ints(int[] ints) {}

    record Twice(Optional<Optional<String>> twice) {}

    record Grows<T>(Grows<List<T>> next) {}

    interface Anyone {}

    record Any(Anyone anyone) {}

    sealed interface Half permits Known, Unknown {}

    record Known() implements Half {}

    static non-sealed class Unknown implements Half {}

    record UsesHalf(Half half) {}

    static List<Arguments> refused() {
        return List.of(
                Arguments.of(Open.class, "Open.any: java.lang.Object cannot be sent: any class could stand behind it"),
                Arguments.of(Raw.class, "Raw.list: java.util.List cannot be sent: its elements have no known type"),
                Arguments.of(Pojo.class, "make it a record"),
                Arguments.of(Wide.class, "declare it as List, Set or Map"),
                Arguments.of(Ints.class, "of arrays only byte[]"),
                Arguments.of(Twice.class, "Optional of an Optional"),
                Arguments.of(Any.class, "make it a sealed interface of records"),
                Arguments.of(UsesHalf.class, "make it a record"),
                Arguments.of(generic(Grows.class, String.class), "nest more than 16"),
                Arguments.of(Throwable.class, "make it a record"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void anUnsupportedTypeIsRefusedWhenTheContractIsReadWithThePlaceAndTheFix(Type type, String message) {
        assertThatThrownBy(() -> CODEC.forType(type))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining(message);
    }

    @Test
    void bytesThatNameAnotherClassAreRefused() {
        TypeCodec<Shape> shapes = CODEC.forType(Shape.class);
        for (String name : List.of("java.lang.Runtime", "Line", Samples.Circle.class.getName(), "circle", "")) {
            byte[] text = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            byte[] bytes =
                    hex("82 78%02x".formatted(text.length) + HexFormat.of().formatHex(text) + "a0");
            assertThatThrownBy(() -> shapes.decode(bytes))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("permits");
        }
    }

    @Test
    void aValueOfOneTypeIsNeverReadAsAnother() {
        List<Object> values = List.of(PRIMITIVES, OTHERS, NESTED, "text", 1L, 1.5, true, new byte[] {1});
        List<Type> types = List.of(
                Primitives.class,
                Others.class,
                Nested.class,
                String.class,
                long.class,
                double.class,
                boolean.class,
                byte[].class);
        for (int i = 3; i < values.size(); i++) {
            TypeCodec<Object> writer = CODEC.forType(types.get(i));
            byte[] bytes = writer.encode(values.get(i));
            for (int j = 0; j < types.size(); j++) {
                if (j != i && !(i == 4 && j == 5)) { // an integer may be read as a double
                    TypeCodec<Object> reader = CODEC.forType(types.get(j));
                    assertThatThrownBy(() -> reader.decode(bytes))
                            .as("%s as %s", types.get(i), types.get(j))
                            .isInstanceOf(CodecException.class);
                }
            }
        }
    }

    @Test
    void anUnknownEnumConstantIsRefusedByName() {
        byte[] bytes = CODEC.<String>forType(String.class).encode("SHIPPED");
        assertThatThrownBy(() -> CODEC.forType(Status.class).decode(bytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("Status has no constant 'SHIPPED'");
    }

    @Test
    void aRecordsOwnRulesHoldForRemoteValues() {
        assertThatThrownBy(() -> CODEC.forType(Positive.class).decode(hex("a1 65 76616c7565 20")))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("must be positive");
    }
}
