package io.holdfast.admin;

import io.holdfast.core.DurationText;
import io.holdfast.json.JsonWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** A configuration record as the block that it is read from: JSON, which is YAML too. What is empty is left out, and so is nothing else: a default is written as it holds. */
final class ConfigBlock {
    private ConfigBlock() {}

    static JsonWriter write(Record block, JsonWriter json) {
        json.object();
        for (RecordComponent component : block.getClass().getRecordComponents()) {
            Object value = value(component, block);
            Object said = value instanceof Optional<?> perhaps
                    ? perhaps.<Object>map(inner -> inner).orElse(List.of())
                    : value;
            if (!isEmpty(said)) {
                json.name(kebab(component.getName()));
                value(said, json);
            }
        }
        return json.endObject();
    }

    private static Object value(RecordComponent component, Record block) {
        try {
            return Objects.requireNonNull(component.getAccessor().invoke(block), component::getName);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(component + " cannot be read; make its record public", e);
        }
    }

    private static boolean isEmpty(Object value) {
        return (value instanceof List<?> list && list.isEmpty()) || (value instanceof Map<?, ?> map && map.isEmpty());
    }

    private static void value(Object value, JsonWriter json) {
        if (value instanceof Duration duration) {
            json.value(DurationText.of(duration));
        } else if (value instanceof Integer || value instanceof Long) {
            json.value(((Number) value).longValue());
        } else if (value instanceof Double number) {
            json.value(number.doubleValue());
        } else if (value instanceof Boolean truth) {
            json.value(truth.booleanValue());
        } else if (value instanceof Enum<?> constant) {
            json.value(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        } else if (value instanceof List<?> list) {
            json.array();
            list.forEach(item -> value(item, json));
            json.endArray();
        } else if (value instanceof Map<?, ?> map) {
            json.object();
            new TreeMap<Object, Object>(map).forEach((name, inner) -> {
                json.name(name.toString());
                value(inner, json);
            });
            json.endObject();
        } else if (value instanceof Record group && !isText(group)) {
            write(group, json);
        } else {
            json.value(value.toString());
        }
    }

    /** As the configuration: what has a {@code parse} is read from a text, and its {@code toString} is that text. */
    private static boolean isText(Record value) {
        return Arrays.stream(value.getClass().getMethods())
                .anyMatch(method -> method.getName().equals("parse")
                        && Arrays.equals(method.getParameterTypes(), new Class<?>[] {String.class}));
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
