package io.holdfast.codec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lists, sets, maps and Optional. Sizes that the bytes claim are never believed: containers grow as values arrive. */
abstract sealed class ContainerNode extends Node {

    static final class OfCollection extends ContainerNode {
        private final Node element;
        private final boolean set;

        OfCollection(Node element, boolean set) {
            this.element = element;
            this.set = set;
        }

        @Override
        void write(CborWriter out, Object value) {
            Collection<?> values = (Collection<?>) value;
            out.startArray(values.size());
            for (Object each : values) {
                element.put(out, each);
            }
            out.end();
        }

        @Override
        Object read(CborReader in) {
            expect(in, Token.START_ARRAY, set ? "a set" : "a list");
            Collection<@Nullable Object> values = set ? new LinkedHashSet<>() : new ArrayList<>();
            while (in.next() != Token.END_ARRAY) {
                values.add(element.take(in));
            }
            return set ? Collections.unmodifiableSet((Set<?>) values) : Collections.unmodifiableList((List<?>) values);
        }

        @Override
        Object whenAbsent() {
            return set ? Set.of() : List.of();
        }
    }

    /** Keys and values in turn in one array, so that any supported type may be a key. */
    static final class OfMap extends ContainerNode {
        private final Node key;
        private final Node value;

        OfMap(Node key, Node value) {
            this.key = key;
            this.value = value;
        }

        @Override
        void write(CborWriter out, Object map) {
            Map<?, ?> entries = (Map<?, ?>) map;
            out.startArray(2 * entries.size());
            entries.forEach((k, v) -> {
                key.put(out, k);
                value.put(out, v);
            });
            out.end();
        }

        @Override
        Object read(CborReader in) {
            expect(in, Token.START_ARRAY, "a map");
            Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
            while (in.next() != Token.END_ARRAY) {
                Object k = key.take(in);
                if (in.next() == Token.END_ARRAY) {
                    throw new MalformedException("a map ends after a key");
                }
                entries.put(k, value.take(in));
            }
            return Collections.unmodifiableMap(entries);
        }

        @Override
        Object whenAbsent() {
            return Map.of();
        }
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
