package io.holdfast.circuitbreaker;

import io.holdfast.core.InvalidContractException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The default method of an interface that answers in place of another one. */
final class FallbackMethod {
    private final MethodHandle handle;
    private final boolean takesError;

    private FallbackMethod(MethodHandle handle, boolean takesError) {
        this.handle = handle;
        this.takesError = takesError;
    }

    static FallbackMethod find(Class<?> contract, Method method, String name, String place) {
        ReturnShape wanted = returned(contract, method);
        Class<?>[] plain = method.getParameterTypes();
        Class<?>[] withError = Arrays.copyOf(plain, plain.length + 1);
        withError[plain.length] = Throwable.class;
        Optional<Method> found = declared(contract, name, withError).or(() -> declared(contract, name, plain));
        Method fallback = found.orElseThrow(() -> new InvalidContractException(place + " names the fallback " + name
                + ", but " + contract.getSimpleName() + " has no such method that fits; declare default "
                + wanted + " " + name + parameters(plain)));
        require(
                fallback.isDefault(),
                place,
                name,
                "is abstract, so that nobody could answer; give it a body (default)");
        require(!fallback.equals(method), place, name, "is the method itself; name another one");
        require(
                wanted.accepts(returned(contract, fallback)),
                place,
                name,
                "returns " + returned(contract, fallback) + "; let it return " + wanted);
        try {
            MethodHandle handle = MethodHandles.privateLookupIn(fallback.getDeclaringClass(), MethodHandles.lookup())
                    .unreflectSpecial(fallback, fallback.getDeclaringClass());
            return new FallbackMethod(
                    handle.asSpreader(Object[].class, fallback.getParameterCount()),
                    fallback.getParameterCount() > plain.length);
        } catch (IllegalAccessException e) {
            throw new InvalidContractException(
                    place + " names the fallback " + name + ", which cannot be called; open its package", e);
        }
    }

    private static ReturnShape returned(Class<?> contract, Method method) {
        return ReturnShape.of(contract, method.getDeclaringClass(), method.getGenericReturnType());
    }

    private static Optional<Method> declared(Class<?> contract, String name, Class<?>[] parameters) {
        try {
            return Optional.of(contract.getMethod(name, parameters));
        } catch (NoSuchMethodException e) {
            return Optional.empty();
        }
    }

    private static void require(boolean condition, String place, String name, String rule) {
        if (!condition) {
            throw new InvalidContractException(place + " names the fallback " + name + ", which " + rule);
        }
    }

    private static String parameters(Class<?>[] types) {
        List<String> names = Arrays.stream(types).map(Class::getSimpleName).toList();
        return "(" + String.join(", ", names) + ")";
    }

    // the result's type was checked against the method's; null where the fallback returns null
    @SuppressWarnings({"unchecked", "NullAway"})
    <T> T answer(Object proxy, Object[] arguments, Throwable error) throws Throwable {
        Object[] all = arguments;
        if (takesError) {
            all = Arrays.copyOf(arguments, arguments.length + 1);
            all[arguments.length] = error;
        }
        return (T) handle.invoke(proxy, all);
    }
}
