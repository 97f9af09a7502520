package io.holdfast.testkit.history;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records of one sealed family as flat fields: the record's name under a prefix, each component under prefix, dot and name. */
final class RecordFields<T> {
    private final String prefix;
    private final Map<String, Class<? extends T>> records = new LinkedHashMap<>();

    RecordFields(String prefix, Class<T> family) {
        this.prefix = prefix;
        collect(family);
    }

    private void collect(Class<? extends T> type) {
        if (type.isRecord()) {
            records.put(type.getSimpleName(), type);
            return;
        }
        if (!type.isSealed()) {
            throw new IllegalArgumentException("type (" + type.getName()
                    + ") must be a record or a sealed interface of records, so that its values can be read back");
        }
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            collect(permitted.asSubclass(type));
        }
    }

    static void write(String prefix, Object value, Map<String, @Nullable Object> fields) {
        if (!value.getClass().isRecord()) {
            throw new IllegalArgumentException(prefix + " (" + value + ") must be a record to be written to a file");
        }
        fields.put(prefix, value.getClass().getSimpleName());
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            fields.put(prefix + "." + component.getName(), plain(component, valueOf(component, value)));
        }
    }

    private static @Nullable Object valueOf(RecordComponent component, Object owner) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("component " + component + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static @Nullable Object plain(RecordComponent component, @Nullable Object value) {
        if (value instanceof Integer number) {
            return number.longValue();
        }
        if (value == null || value instanceof String || value instanceof Long || value instanceof Boolean) {
            return value;
        }
        throw new IllegalArgumentException("component " + component + " of "
                + component.getDeclaringRecord().getName()
                + " must be a String, long, int or boolean to be written to a file");
    }

    T read(Map<String, @Nullable Object> fields) {
        Object name = fields.get(prefix);
        Class<? extends T> type = records.get(String.valueOf(name));
        if (type == null) {
            throw new IllegalArgumentException(prefix + " (" + name + ") must be one of " + records.keySet());
        }
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            Object value = fields.get(prefix + "." + components[i].getName());
            values[i] =
                    types[i] == int.class && value instanceof Long number ? (Object) Math.toIntExact(number) : value;
        }
        try {
            Constructor<? extends T> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(prefix + " (" + name + ") cannot be built: " + e.getMessage(), e);
        }
    }
}
