package io.holdfast.circuitbreaker;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A return type as a contract means it: the type variables of the interfaces that the contract extends are replaced by what they stand for there; one that stays open, as a method's own
 * does, is replaced by its bound.
 *
 * @param raw the class
 * @param arguments the type arguments, or the component of an array; empty where there are none
 */
record ReturnShape(Class<?> raw, List<Argument> arguments) {
    /**
     * A type argument: {@code X} has both bounds, {@code ? extends X} the upper one, {@code ? super X} a lower one below Object.
     *
     * @param upper the upper bound
     * @param lower the lower bound, null where there is none
     */
    record Argument(ReturnShape upper, @Nullable ReturnShape lower) {
        private boolean exact() {
            return upper.equals(lower);
        }

        /** Whether every type that {@code other} stands for is among those that this stands for (JLS 4.5.1). */
        private boolean contains(Argument other) {
            if (exact()) {
                return equals(other);
            }
            return upper.accepts(other.upper) && (lower == null || (other.lower != null && other.lower.accepts(lower)));
        }

        @Override
        public String toString() {
            if (exact()) {
                return upper.toString();
            }
            return lower != null ? "? super " + lower : upper.raw == Object.class ? "?" : "? extends " + upper;
        }
    }

    /** What a method that {@code declaring} declares returns, seen from a contract that extends it. */
    static ReturnShape of(Class<?> contract, Class<?> declaring, Type type) {
        List<ReturnShape> ways = parents(new ReturnShape(contract, List.of()))
                .filter(shape -> shape.raw == declaring)
                .toList();
        return of(type, ways.isEmpty() ? Map.of() : ways.get(0).variables());
    }

    private static ReturnShape of(Type type, Map<TypeVariable<?>, Argument> variables) {
        if (type instanceof Class<?> plain) {
            return new ReturnShape(
                    plain, plain.isArray() ? List.of(argument(plain.componentType(), variables)) : List.of());
        } else if (type instanceof ParameterizedType parameterized) {
            List<Argument> arguments = Arrays.stream(parameterized.getActualTypeArguments())
                    .map(one -> argument(one, variables))
                    .toList();
            return new ReturnShape((Class<?>) parameterized.getRawType(), arguments);
        } else if (type instanceof GenericArrayType array) {
            Argument component = argument(array.getGenericComponentType(), variables);
            return new ReturnShape(component.upper.raw.arrayType(), List.of(component));
        }
        return argument(type, variables).upper;
    }

    private static Argument argument(Type type, Map<TypeVariable<?>, Argument> variables) {
        if (type instanceof WildcardType wildcard) {
            Type[] lower = wildcard.getLowerBounds();
            return new Argument(
                    of(wildcard.getUpperBounds()[0], variables), lower.length == 0 ? null : of(lower[0], variables));
        }
        if (type instanceof TypeVariable<?> variable) {
            Argument known = variables.get(variable);
            return known != null ? known : exactly(new ReturnShape(erasure(variable), List.of()));
        }
        return exactly(of(type, variables));
    }

    private static Argument exactly(ReturnShape shape) {
        return new Argument(shape, shape);
    }

    /** Without arguments: a bound may speak of the variable itself. */
    private static Class<?> erasure(Type bound) {
        if (bound instanceof TypeVariable<?> variable) {
            return erasure(variable.getBounds()[0]);
        }
        return bound instanceof ParameterizedType parameterized
                ? (Class<?>) parameterized.getRawType()
                : (Class<?>) bound;
    }

    private Map<TypeVariable<?>, Argument> variables() {
        Map<TypeVariable<?>, Argument> variables = new HashMap<>();
        for (int i = 0; !raw.isArray() && i < arguments.size(); i++) {
            variables.put(raw.getTypeParameters()[i], arguments.get(i));
        }
        return variables;
    }

    /** The type itself and all that it extends and implements. */
    private static Stream<ReturnShape> parents(ReturnShape shape) {
        Map<TypeVariable<?>, Argument> variables = shape.variables();
        Stream<Type> direct = Stream.concat(
                Stream.ofNullable(shape.raw.getGenericSuperclass()), Arrays.stream(shape.raw.getGenericInterfaces()));
        boolean bare = shape.arguments.isEmpty() && shape.raw.getTypeParameters().length > 0;
        return Stream.concat(
                Stream.of(shape),
                direct.map(parent -> bare ? new ReturnShape(erasure(parent), List.of()) : of(parent, variables))
                        .flatMap(ReturnShape::parents));
    }

    /** Whether a value of the other type may be returned where this one is promised. A raw type promises nothing of its contents, so it does not fit one with arguments. */
    boolean accepts(ReturnShape other) {
        if (!raw.isAssignableFrom(other.raw)) {
            return false;
        }
        if (arguments.isEmpty()) {
            return true;
        }
        if (raw.isArray()) {
            return arguments.get(0).upper.accepts(other.arguments.get(0).upper);
        }
        return parents(other).anyMatch(parent -> parent.raw == raw && containsAll(parent.arguments));
    }

    private boolean containsAll(List<Argument> others) {
        for (int i = 0; i < arguments.size(); i++) {
            if (i >= others.size() || !arguments.get(i).contains(others.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** As in code, without packages. */
    @Override
    public String toString() {
        if (raw.isArray()) {
            return arguments.get(0) + "[]";
        }
        return arguments.isEmpty()
                ? raw.getSimpleName()
                : raw.getSimpleName()
                        + arguments.stream().map(Argument::toString).collect(Collectors.joining(", ", "<", ">"));
    }
}
