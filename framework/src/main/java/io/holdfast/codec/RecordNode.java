package io.holdfast.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A record as a map by component name; empty Optionals are left out. */
final class RecordNode extends Node {
    private static final Object UNSET = new Object();
    private final Class<?> type;
    private final byte[][] names;
    private final MethodHandle[] accessors;
    private final MethodHandle constructor;
    private final Object[] unset;
    private Node[] components = {}; // set once by link: a record may contain itself

    RecordNode(Class<?> type) throws IllegalAccessException, NoSuchMethodException {
        RecordComponent[] parts = type.getRecordComponents();
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        this.type = type;
        this.names =
                Stream.of(parts).map(p -> CborWriter.encodedText(p.getName())).toArray(byte[][]::new);
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
        out.startMap(present);
        for (int i = 0; i < values.length; i++) {
            if (!isEmpty(values[i])) {
                out.writeEncoded(names[i]);
                components[i].put(out, values[i]);
            }
        }
        out.end();
    }

    private static boolean isEmpty(@Nullable Object value) {
        return value instanceof Optional<?> optional && optional.isEmpty();
    }

    @Override
    Object read(CborReader in) {
        expect(in, Token.START_MAP, type.getSimpleName());
        @Nullable Object[] values = unset.clone();
        int next = 0;
        for (int i = in.nextName(names, 0); i != CborReader.END; i = in.nextName(names, next)) {
            in.next();
            if (i >= 0) {
                next = i + 1 < names.length ? i + 1 : 0;
                values[i] = components[i].take(in);
            } else if (i == CborReader.UNKNOWN) {
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
