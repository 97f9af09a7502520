package io.holdfast.codec;

import static org.assertj.core.api.Assertions.*;

import io.holdfast.core.CodecException;
import io.holdfast.core.codec.*;
import java.net.*;
import java.nio.file.*;
import java.util.*;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two versions of one record in two class loaders, each with its own codec instance, as on two nodes. */
class EvolutionTest {
    @TempDir
    Path dir;

    @Test
    void addedComponentsTakeNeutralValuesAndRemovedOnesAreSkipped() throws Exception {
        Class<?> v1 = version(
                "v1",
                "public record Order(long id, java.util.List<Line> lines, String gone) { public record Line(String sku) {} }");
        Class<?> v2 = version("v2", """
        public record Order(long id, int added, boolean flag, Integer box, java.util.Optional<String> maybe, java.util.List<String> tags, java.util.Set<Line> set,
            java.util.Map<String, Line> map, java.time.Instant when, Line line, java.util.List<Line> lines) { public record Line(int amount, String sku) {} }""");
        String old = "Order[id=7, lines=[Line[sku=a]], gone=x]";
        Object first = make(v1, 7L, List.of(make(v1.getClasses()[0], "a")), "x");
        Object second = pass(first, v1, v2);
        assertThat(first).hasToString(old);
        assertThat(second)
                .hasToString(
                        "Order[id=7, added=0, flag=false, box=null, maybe=Optional.empty, tags=[], set=[], map={}, when=null, line=null, lines=[Line[amount=0, sku=a]]]");
        assertThat(second.getClass()).isSameAs(v2);
        assertThat(pass(second, v2, v1)).hasToString("Order[id=7, lines=[Line[sku=a]], gone=null]");
    }

    @Test
    void aRenameIsARemovalAndAnAddition() throws Exception {
        Class<?> v1 = version("v1", "public record Order(String customer, int n) {}");
        Class<?> v2 = version("v2", "public record Order(int n, String buyer) {}");
        assertThat(pass(make(v1, "c", 3), v1, v2)).hasToString("Order[n=3, buyer=null]");
        assertThat(pass(make(v2, 3, "c"), v2, v1)).hasToString("Order[customer=null, n=3]");
    }

    @Test
    void anIntegerMayWidenAndANarrowReaderRefusesWhatDoesNotFit() throws Exception {
        Class<?> v1 = version("v1", "public record Order(int n, int d) {}");
        Class<?> v2 = version("v2", "public record Order(long n, double d) {}");
        assertThat(pass(make(v1, 3, 4), v1, v2)).hasToString("Order[n=3, d=4.0]");
        Object tooWide = make(v2, 1L << 40, 4d);
        assertThatThrownBy(() -> pass(tooWide, v2, v1)).isInstanceOf(CodecException.class);
    }

    @Test
    void aComponentThatChangedItsTypeIsRefusedNotGuessed() throws Exception {
        Class<?> v1 = version("v1", "public record Order(String n) {}");
        Class<?> v2 = version("v2", "public record Order(int n) {}");
        Object text = make(v1, "3");
        assertThatThrownBy(() -> pass(text, v1, v2))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("expected an integer");
    }

    @Test
    void aNewVariantOfASealedTypeReachesOldReadersAsAClearRefusal() throws Exception {
        String common =
                "public record Order(S s) { public sealed interface S permits A%s {} public record A(int n) implements S {} %s }";
        Class<?> v1 = version("v1", common.formatted("", ""));
        Class<?> v2 = version("v2", common.formatted(", B", "public record B() implements S {}"));
        Object b = make(v2, make(inner(v2, "B")));
        assertThatThrownBy(() -> pass(b, v2, v1))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("'B'");
        assertThat(pass(make(v2, make(inner(v2, "A"), 1)), v2, v1)).hasToString("Order[s=A[n=1]]");
    }

    private Class<?> version(String name, String source) throws Exception {
        Path home = Files.createDirectories(dir.resolve(name));
        Path file = Files.writeString(home.resolve("Order.java"), source);
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", home.toString(), file.toString()))
                .isZero();
        return new URLClassLoader(new URL[] {home.toUri().toURL()}, null).loadClass("Order");
    }

    private static Class<?> inner(Class<?> outer, String name) {
        return Arrays.stream(outer.getClasses())
                .filter(c -> c.getSimpleName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Object make(Class<?> type, Object... values) throws Exception {
        return type.getConstructors()[0].newInstance(values);
    }

    private static Object pass(Object value, Class<?> from, Class<?> to) {
        byte[] bytes = CborCodec.of(CodecLimits.standard()).forType(from).encode(value);
        return CborCodec.of(CodecLimits.standard()).forType(to).decode(bytes);
    }
}
