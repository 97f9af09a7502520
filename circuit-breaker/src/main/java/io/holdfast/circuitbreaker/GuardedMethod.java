package io.holdfast.circuitbreaker;

import io.holdfast.core.call.CallContext;
import java.lang.reflect.Method;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A method of an interface with its pipeline and its fallbacks, resolved once. */
public final class GuardedMethod {
    private static final Object[] NOTHING = {};

    private final Pipeline pipeline;
    private final Fallbacks fallbacks;
    private final boolean async;

    GuardedMethod(Method method, Pipeline pipeline, Fallbacks fallbacks) {
        this.pipeline = pipeline;
        this.fallbacks = fallbacks;
        this.async = CompletionStage.class.isAssignableFrom(method.getReturnType());
    }

    /**
     * Calls through the pipeline. A method that returns a {@link CompletionStage} (or {@link CompletableFuture}) is called asynchronously: the pipeline then covers the
     * stage, not only its making.
     *
     * @param proxy the object on which the fallback is called
     * @param arguments the arguments of the call, for the fallback; null for none, as {@link java.lang.reflect.InvocationHandler} gives them
     * @param call makes one attempt
     * @return what the call or the fallback returned
     * @throws Exception what the last attempt or the fallback threw, see {@link Pipeline#call(Callable)}
     */
    public @Nullable Object invoke(
            Object proxy, Object @Nullable [] arguments, Callable<? extends @Nullable Object> call) throws Exception {
        Object[] given = arguments == null ? NOTHING : arguments;
        if (async) {
            return async(proxy, given, call);
        }
        @SuppressWarnings("unchecked")
        Callable<Object> typed = (Callable<Object>) call;
        if (fallbacks.isEmpty()) {
            return guarded(given, typed);
        }
        return pipeline.standIn().call(() -> guarded(given, typed), error -> fallbacks.answer(proxy, given, error));
    }

    private Object guarded(Object[] arguments, Callable<Object> call) throws Exception {
        return pipeline.isKeyed()
                ? pipeline.call(new CallKey(arguments, CallContext.current()), call)
                : pipeline.call(call);
    }

    @SuppressWarnings("unchecked") // the method's result says that it is a stage
    private Object async(Object proxy, Object[] arguments, Callable<? extends @Nullable Object> call) {
        Supplier<CompletionStage<Object>> stage = () -> {
            try {
                return (CompletionStage<Object>) call.call();
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            }
        };
        CompletableFuture<Object> called = pipeline.isKeyed()
                ? pipeline.callAsync(new CallKey(arguments, CallContext.current()), stage)
                : pipeline.callAsync(stage);
        if (fallbacks.isEmpty()) {
            return called;
        }
        return pipeline.standIn().follow(called, error -> fallbacks.answerAsync(proxy, arguments, error));
    }

    /**
     * The pipeline alone, without the fallback.
     *
     * @return the pipeline
     */
    public Pipeline pipeline() {
        return pipeline;
    }

    /**
     * The stages in their order with the numbers in use.
     *
     * @return for instance {@code fallback > retry(2, 50ms to 1s, budget 10.0%) > call}
     */
    public String describe() {
        return fallbacks.describe() + pipeline.describe();
    }
}
