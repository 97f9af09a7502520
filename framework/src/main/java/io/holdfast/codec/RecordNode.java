package io.holdfast.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.core.SerializableString;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.sym.PropertyNameMatcher;
import tools.jackson.core.util.Named;

/** A record as a map by component name; empty Optionals are left out. */
final class RecordNode extends Node {
    /** Jackson keeps up to some thousand names that peers send; this bounds what they weigh. */
    static final int LONGEST_NAME = 256;

    private static final Object UNSET = new Object();
    private final Class<?> type;
    private final SerializableString[] names;
    private final PropertyNameMatcher matcher;
    private final MethodHandle[] accessors;
    private final MethodHandle constructor;
    private final Object[] unset;
    private Node[] components = {}; // set once by link: a record may contain itself

    RecordNode(Class<?> type, TokenStreamFactory factory) throws IllegalAccessException, NoSuchMethodException {
        RecordComponent[] parts = type.getRecordComponents();
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        this.type = type;
        this.names =
                Stream.of(parts).map(p -> new SerializedString(p.getName())).toArray(SerializableString[]::new);
        this.matcher = factory.constructNameMatcher(
                Stream.of(parts).map(p -> Named.fromString(p.getName())).toList(), false);
        this.accessors = new MethodHandle[parts.length];
        for (int i = 0; i < parts.length; i++) {
            accessors[i] =
                    lookup.unreflect(parts[i].getAccessor()).asType(MethodType.methodType(Object.class, Object.class));
        }
        Class<?>[] types = Stream.of(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
        this.constructor = lookup.findConstructor(type, MethodType.methodType(void.class, types))
                .asSpreader(Object[].class, parts.length)
                .asType(MethodType.methodType(Object.class, Object[].class));
        this.unset = new Object[parts.length];
        Arrays.fill(unset, UNSET);
    }

    void link(Node[] nodes) {
        this.components = nodes;
    }

    @Override
    void write(CborWriter out, Object value) {
        @Nullable Object[] values = new @Nullable Object[accessors.length];
        int present = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = component(i, value);
            present += isEmpty(values[i]) ? 0 : 1;
        }
        out.startMap(value, present);
        for (int i = 0; i < values.length; i++) {
            if (!isEmpty(values[i])) {
                writeComponent(out, i, values[i]);
            }
        }
        out.endMap();
    }

    private void writeComponent(CborWriter out, int i, @Nullable Object value) {
        try {
            out.writeName(names[i]);
            components[i].put(out, value);
        } catch (RuntimeException e) {
            out.failedIn(names[i].getValue());
            throw e;
        }
    }

    private static boolean isEmpty(@Nullable Object value) {
        return value instanceof Optional<?> optional && optional.isEmpty();
    }

    @Override
    Object read(CborReader in) {
        expect(in, JsonToken.START_OBJECT, type.getSimpleName());
        @Nullable Object[] values = unset.clone();
        for (int i = in.nextName(matcher); i != PropertyNameMatcher.MATCH_END_OBJECT; i = in.nextName(matcher)) {
            in.next();
            if (i >= 0) {
                values[i] = components[i].take(in);
            } else if (i == PropertyNameMatcher.MATCH_UNKNOWN_NAME) {
                in.skip(); // a component that only the writer knows
            } else {
                throw new MalformedException("expected a component of " + type.getSimpleName());
            }
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] == UNSET) {
                in.charge(1); // else a byte per empty record would buy an object of any size
                values[i] = components[i].whenAbsent();
            }
        }
        return construct(values);
    }

    private @Nullable Object component(int i, Object value) {
        try {
            return accessors[i].invokeExact(value);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private Object construct(@Nullable Object[] values) {
        try {
            return constructor.invokeExact(values);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(type.getSimpleName() + " refused its values: " + e.getMessage(), e);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalArgumentException(type.getSimpleName() + " refused its values", e);
        }
    }
}
