package io.holdfast.codec;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A class with all its type arguments known: equal types are equal values, unlike reflection's. */
record TypeRef(Class<?> raw, List<TypeRef> arguments) {

    /** Returns the type with its variables replaced, or null if it is raw, or a variable or array of variables remains */
    static @Nullable TypeRef of(Type type, Map<TypeVariable<?>, TypeRef> variables) {
        if (type instanceof Class<?> raw) {
            return raw.getTypeParameters().length == 0 ? new TypeRef(raw, List.of()) : null;
        }
        if (type instanceof TypeVariable<?> variable) {
            return variables.get(variable);
        }
        if (type instanceof WildcardType wildcard) {
            return of(wildcard.getUpperBounds()[0], variables);
        }
        if (type instanceof GenericArrayType || !(type instanceof ParameterizedType parameterized)) {
            return null;
        }
        List<TypeRef> arguments = new ArrayList<>();
        for (Type each : parameterized.getActualTypeArguments()) {
            TypeRef argument = of(each, variables);
            if (argument == null) {
                return null;
            }
            arguments.add(argument);
        }
        return new TypeRef((Class<?>) parameterized.getRawType(), List.copyOf(arguments));
    }

    int depth() {
        return 1 + arguments.stream().mapToInt(TypeRef::depth).max().orElse(0);
    }

    Map<TypeVariable<?>, TypeRef> variables() {
        Map<TypeVariable<?>, TypeRef> variables = new HashMap<>();
        TypeVariable<?>[] parameters = raw.getTypeParameters();
        for (int i = 0; i < arguments.size(); i++) {
            variables.put(parameters[i], arguments.get(i));
        }
        return variables;
    }

    /** Returns {@code sub} with the arguments that make it a subtype of this, or null if this does not determine them */
    @Nullable TypeRef permitted(Class<?> sub) {
        Map<TypeVariable<?>, TypeRef> known = new HashMap<>();
        Stream.concat(Stream.of(sub.getGenericInterfaces()), Stream.ofNullable(sub.getGenericSuperclass()))
                .filter(t -> t instanceof ParameterizedType p && p.getRawType() == raw)
                .forEach(t -> bind(((ParameterizedType) t).getActualTypeArguments(), known));
        List<TypeRef> found = new ArrayList<>();
        for (TypeVariable<?> parameter : sub.getTypeParameters()) {
            TypeRef argument = known.get(parameter);
            if (argument == null) {
                return null;
            }
            found.add(argument);
        }
        return new TypeRef(sub, List.copyOf(found));
    }

    private void bind(Type[] actual, Map<TypeVariable<?>, TypeRef> known) {
        for (int i = 0; i < actual.length; i++) {
            if (actual[i] instanceof TypeVariable<?> variable) {
                known.put(variable, arguments.get(i));
            }
        }
    }

    @Override
    public String toString() {
        return raw.getTypeName()
                + (arguments.isEmpty()
                        ? ""
                        : arguments.toString().replace('[', '<').replace(']', '>'));
    }
}
