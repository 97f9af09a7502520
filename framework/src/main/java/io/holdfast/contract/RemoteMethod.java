package io.holdfast.contract;

import io.holdfast.core.codec.TypeCodec;
import java.lang.reflect.Method;
import java.util.List;

/**
 * A method that is called over the wire. Immutable.
 *
 * @param method the interface's method
 * @param name the service's and the method's name for people and metrics, {@code catalog/find}
 * @param hash its number on the wire, see {@link MethodHash}
 * @param kind how the result is handed over
 * @param arguments the codec of the arguments
 * @param result the codec of the result; that of {@link Void} if there is none
 * @param idempotent whether running it twice has the effect of running it once
 * @param failures the exceptions that it declares, the most specific first
 */
public record RemoteMethod(
        Method method,
        String name,
        int hash,
        ResultKind kind,
        TypeCodec<Object[]> arguments,
        TypeCodec<Object> result,
        boolean idempotent,
        List<DeclaredFailure> failures) {
    /**
     * Copies the list.
     *
     * @param method as the component
     * @param name as the component
     * @param hash as the component
     * @param kind as the component
     * @param arguments as the component
     * @param result as the component
     * @param idempotent as the component
     * @param failures as the component
     */
    public RemoteMethod {
        failures = List.copyOf(failures);
    }

    /**
     * The declared failure that stands for an exception.
     *
     * @param thrown what was thrown
     * @return its place in {@link #failures()}, or -1 if the method does not declare it
     */
    public int failureOf(Throwable thrown) {
        for (int i = 0; i < failures.size(); i++) {
            if (failures.get(i).type().isInstance(thrown)) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Whether the method's {@code throws} clause names a class or a superclass of it.
     *
     * @param thrown the class of an exception
     * @return true if the contract speaks of it
     */
    public boolean declares(Class<?> thrown) {
        for (Class<?> type : method.getExceptionTypes()) {
            if (type.isAssignableFrom(thrown)) {
                return true;
            }
        }
        return false;
    }
}
