package io.holdfast.rpc;

import io.holdfast.core.InvalidContractException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A default method of a contract, which runs at the caller on the proxy. Safe for use by many threads. */
public final class DefaultMethod {
    private static final Object[] NO_ARGUMENTS = {};

    private final MethodHandle body;

    private DefaultMethod(MethodHandle body) {
        this.body = body;
    }

    /**
     * Binds a method.
     *
     * @param method the method
     * @param type the contract that has it
     * @return the method, for any proxy of the contract
     * @throws InvalidContractException if the contract's package is closed to this library
     */
    public static DefaultMethod of(Method method, Class<?> type) {
        try {
            return new DefaultMethod(MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .unreflectSpecial(method, type)
                    .asSpreader(Object[].class, method.getParameterCount())
                    .asType(MethodType.methodType(Object.class, Object.class, Object[].class)));
        } catch (IllegalAccessException e) {
            throw new InvalidContractException(
                    "package " + type.getPackageName() + " is closed; open it to io.holdfast in module-info", e);
        }
    }

    /**
     * Runs the method.
     *
     * @param proxy on what
     * @param arguments its arguments, or null if it has none
     * @return its result
     * @throws Throwable what it throws
     */
    public @Nullable Object call(Object proxy, Object @Nullable [] arguments) throws Throwable {
        Object[] given = arguments == null ? NO_ARGUMENTS : arguments;
        return (Object) body.invokeExact(proxy, given);
    }
}
