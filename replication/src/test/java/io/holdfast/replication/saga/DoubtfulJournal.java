package io.holdfast.replication.saga;

import io.holdfast.core.Deadline;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.testkit.sim.SimEnvironment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A journal whose next appends of records have an unknown outcome. */
final class DoubtfulJournal {
    /** What becomes of an append. */
    enum Fate {
        /** It is made and told. */
        MADE,
        /** It is never made. */
        LOST,
        /** It is made, and nobody is told. */
        HIDDEN,
        /** It is made ten seconds later. */
        LATE
    }

    final Deque<Fate> fates = new ArrayDeque<>();
    final ReplicatedJournal journal;
    int made;
    private final SimEnvironment environment;
    private final ReplicatedJournal real;

    DoubtfulJournal(SimEnvironment environment, ReplicatedJournal real, Fate... fates) {
        this.environment = environment;
        this.real = real;
        this.fates.addAll(List.of(fates));
        this.journal = (ReplicatedJournal) Proxy.newProxyInstance(
                ReplicatedJournal.class.getClassLoader(), new Class<?>[] {ReplicatedJournal.class}, this::invoke);
    }

    private Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "hashCode" -> {
                return System.identityHashCode(proxy);
            }
            case "equals" -> {
                return proxy == arguments[0];
            }
            case "append" -> {
                if (!((List<?>) arguments[0]).isEmpty()) {
                    return append(method, arguments);
                }
            }
            default -> {}
        }
        return call(method, arguments);
    }

    private Object append(Method method, Object[] arguments) throws Throwable {
        Fate fate = fates.isEmpty() ? Fate.MADE : fates.remove();
        if (fate == Fate.LATE) {
            environment.scheduler().schedule(Duration.ofSeconds(10), () -> {
                try {
                    call(method, new Object[] {arguments[0], arguments[1], Deadline.NONE});
                } catch (Throwable e) {
                    throw new IllegalStateException(e);
                }
            });
        } else if (fate != Fate.LOST) {
            made++;
            Object answer = call(method, arguments);
            if (fate == Fate.MADE) {
                return answer;
            }
        }
        return CompletableFuture.failedFuture(new UnknownOutcomeException("nobody knows"));
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
