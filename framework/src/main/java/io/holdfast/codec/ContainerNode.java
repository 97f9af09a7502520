package io.holdfast.codec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** Lists, sets, maps and Optional. Sizes that the bytes claim are never believed: containers grow as values arrive. */
abstract sealed class ContainerNode extends Node {

    private static final int FEW = 16; // too small to cost anything, however their hash codes collide

    static final class OfList extends ContainerNode {
        private final Node element;

        OfList(Node element) {
            this.element = element;
        }

        @Override
        void write(CborWriter out, Object value) {
            writeAll(out, element, (Collection<?>) value);
        }

        @Override
        Object read(CborReader in) {
            return Collections.unmodifiableList(readAll(in, element, "a list"));
        }

        @Override
        Object whenAbsent() {
            return List.of();
        }
    }

    static final class OfSet extends ContainerNode {
        private final Node element;
        private final boolean ordered;

        /** @param ordered whether HashMap can order elements whose hash codes are equal */
        OfSet(Node element, boolean ordered) {
            this.element = element;
            this.ordered = ordered;
        }

        @Override
        void write(CborWriter out, Object value) {
            writeAll(out, element, (Collection<?>) value);
        }

        @Override
        Object read(CborReader in) {
            List<@Nullable Object> elements = readAll(in, element, "a set");
            if (!ordered) {
                chargeCollisions(in, elements);
            }
            return Collections.unmodifiableSet(new LinkedHashSet<>(elements));
        }

        @Override
        Object whenAbsent() {
            return Set.of();
        }
    }

    /** Keys and values in turn in one array, so that any supported type may be a key. */
    static final class OfMap extends ContainerNode {
        private final Node key;
        private final Node value;
        private final boolean ordered;

        /** @param ordered whether HashMap can order keys whose hash codes are equal */
        OfMap(Node key, Node value, boolean ordered) {
            this.key = key;
            this.value = value;
            this.ordered = ordered;
        }

        @Override
        void write(CborWriter out, Object map) {
            Map<?, ?> entries = (Map<?, ?>) map;
            out.startArray(map, Math.multiplyExact(2, entries.size()));
            entries.forEach((k, v) -> {
                key.put(out, k);
                value.put(out, v);
            });
            out.endArray();
        }

        @Override
        Object read(CborReader in) {
            expect(in, JsonToken.START_ARRAY, "a map");
            List<@Nullable Object> keys = new ArrayList<>();
            List<@Nullable Object> values = new ArrayList<>();
            while (in.next() != JsonToken.END_ARRAY) {
                keys.add(key.take(in));
                if (in.next() == JsonToken.END_ARRAY) {
                    throw new MalformedException("a map ends after a key");
                }
                values.add(value.take(in));
            }
            if (!ordered) {
                chargeCollisions(in, keys);
            }
            Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                entries.put(keys.get(i), values.get(i));
            }
            return Collections.unmodifiableMap(entries);
        }

        @Override
        Object whenAbsent() {
            return Map.of();
        }
    }

    private static void writeAll(CborWriter out, Node element, Collection<?> values) {
        out.startArray(values, values.size());
        for (Object each : values) {
            element.put(out, each);
        }
        out.endArray();
    }

    private static List<@Nullable Object> readAll(CborReader in, Node element, String what) {
        expect(in, JsonToken.START_ARRAY, what);
        List<@Nullable Object> values = new ArrayList<>();
        while (in.next() != JsonToken.END_ARRAY) {
            values.add(element.take(in));
        }
        return values;
    }

    private static void chargeCollisions(CborReader in, List<@Nullable Object> keys) {
        if (keys.size() < FEW) {
            return;
        }
        int[] hashes = new int[keys.size()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = Objects.hashCode(keys.get(i));
        }
        in.chargeCollisions(hashes);
    }

    static final class OfOptional extends ContainerNode {
        private final Node value;

        OfOptional(Node value) {
            this.value = value;
        }

        @Override
        void write(CborWriter out, Object optional) {
            value.put(out, ((Optional<?>) optional).orElse(null));
        }

        @Override
        Object read(CborReader in) {
            return Optional.ofNullable(value.take(in));
        }

        @Override
        Object whenNull() {
            return Optional.empty();
        }

        @Override
        Object whenAbsent() {
            return Optional.empty();
        }
    }
}
