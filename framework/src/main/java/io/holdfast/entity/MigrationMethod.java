package io.holdfast.entity;

import io.holdfast.contract.ContractProblems;
import io.holdfast.core.CodecException;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.sharding.entity.EntityState;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A method with {@link FromVersion}, bound. */
final class MigrationMethod {
    private final MethodHandle body;
    private final TypeCodec<Object> old;
    private final String place;

    private MigrationMethod(MethodHandle body, TypeCodec<Object> old, String place) {
        this.body = body;
        this.old = old;
        this.place = place;
    }

    /** All of a class that keeps a state of a type. */
    static List<EntityState.Migration<Object>> of(Class<?> type, Type state, Codec codec, ContractProblems problems) {
        int present = type.getAnnotation(ShardedEntity.class).stateVersion();
        List<EntityState.Migration<Object>> found = new ArrayList<>();
        Set<Integer> versions = new HashSet<>();
        for (Method method : type.getDeclaredMethods()) {
            FromVersion said = method.getAnnotation(FromVersion.class);
            if (said == null) {
                continue;
            }
            String place = type.getSimpleName() + "." + method.getName();
            if (said.value() < 1 || said.value() >= present) {
                problems.add(
                        place,
                        "@FromVersion (" + said.value() + ") must be between 1 and " + (present - 1)
                                + ": it is for versions before stateVersion (" + present + "); raise that first");
            }
            if (!versions.add(said.value())) {
                problems.add(place, "another method is from version " + said.value() + " too; keep one");
            }
            MigrationMethod bound = bind(method, state, codec, place, problems);
            if (bound != null) {
                found.add(new EntityState.Migration<>(said.value(), bound::read));
            }
        }
        return List.copyOf(found);
    }

    private static @Nullable MigrationMethod bind(
            Method method, Type state, Codec codec, String place, ContractProblems problems) {
        if (!Modifier.isStatic(method.getModifiers())
                || method.getParameterCount() != 1
                || !method.getGenericReturnType().equals(state)) {
            problems.add(
                    place,
                    "a method with @FromVersion is static, takes the state of that version and returns "
                            + state.getTypeName());
            return null;
        }
        TypeCodec<Object> old = problems.check(place, () -> codec.forType(method.getGenericParameterTypes()[0]));
        if (old == null) {
            return null;
        }
        try {
            MethodHandle body = MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup())
                    .unreflect(method)
                    .asType(MethodType.methodType(Object.class, Object.class));
            return new MigrationMethod(body, old, place);
        } catch (IllegalAccessException e) {
            problems.add(
                    place,
                    "package " + method.getDeclaringClass().getPackageName()
                            + " is closed; open it to io.holdfast in module-info");
            return null;
        }
    }

    private Object read(byte[] bytes) {
        try {
            return (Object) body.invokeExact((Object) old.decode(bytes));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new CodecException(place + " failed: " + e, e);
        }
    }
}
