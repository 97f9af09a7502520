package io.holdfast.rpc;

import io.holdfast.contract.RemoteMethod;
import io.holdfast.contract.ResultKind;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.service.NonBlocking;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A method of a contract, bound to the object that implements it. Safe for use by many threads. */
final class ServedMethod {
    private final RemoteMethod remote;
    private final MethodHandle body;
    private final boolean nonBlocking;
    private final CallTimers timers;
    private final FailureLog failures;

    ServedMethod(RemoteMethod remote, Object implementation, MeterRegistry meters, MonotonicClock clock) {
        this.remote = remote;
        this.body = body(remote.method()).bindTo(implementation);
        this.nonBlocking = isNonBlocking(remote.method(), implementation.getClass());
        this.timers = new CallTimers(meters, RpcMetric.SERVER_DURATION, remote.name());
        this.failures = new FailureLog(remote.name(), clock);
    }

    /** Runs the method on an object, given as the first argument. */
    static MethodHandle body(Method method) {
        try {
            return MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup())
                    .unreflect(method)
                    .asFixedArity()
                    .asSpreader(Object[].class, method.getParameterCount())
                    .asType(MethodType.methodType(Object.class, Object.class, Object[].class));
        } catch (IllegalAccessException e) {
            throw new InvalidContractException(
                    "package " + method.getDeclaringClass().getPackageName()
                            + " is closed; open it to io.holdfast in module-info",
                    e);
        }
    }

    private static boolean isNonBlocking(Method method, Class<?> implementation) {
        if (implementation.isAnnotationPresent(NonBlocking.class)) {
            return true;
        }
        try {
            return implementation
                    .getMethod(method.getName(), method.getParameterTypes())
                    .isAnnotationPresent(NonBlocking.class);
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    RemoteMethod remote() {
        return remote;
    }

    boolean nonBlocking() {
        return nonBlocking;
    }

    boolean returnsStage() {
        return remote.kind() == ResultKind.STAGE;
    }

    FailureLog failures() {
        return failures;
    }

    CallTimers timers() {
        return timers;
    }

    @Nullable Object invoke(Object[] arguments) throws Throwable {
        return body.invokeExact(arguments);
    }
}
