package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.CacheConfig;
import io.holdfast.core.DurationText;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.call.Idempotent;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The policies that annotations put around the methods of an interface, read and checked once.
 *
 * <p>Annotations on a method win over those on the interface. Exceptions that a method declares are answers of the callee: they are not retried, do not count as failures and
 * are not covered by a fallback.
 */
public final class GuardedContract {
    private final Class<?> contract;
    private final Map<Method, GuardedMethod> methods;

    private GuardedContract(Class<?> contract, Map<Method, GuardedMethod> methods) {
        this.contract = contract;
        this.methods = Map.copyOf(methods);
    }

    /**
     * Reads an interface.
     *
     * @param contract the interface
     * @param service the name of the service, which is also the policy of annotations that name none
     * @param policies the policies
     * @return its methods with their pipelines
     * @throws InvalidContractException with every mistake in the annotations, each with its place and the fix
     */
    public static GuardedContract of(Class<?> contract, String service, Policies policies) {
        return of(contract, service, policies, null);
    }

    /**
     * Reads an interface whose calls have a deadline of their own.
     *
     * @param contract the interface
     * @param service the name of the service, which is also the policy of annotations that name none
     * @param policies the policies
     * @param limit how long a call may take in all; a timeout that is longer is a mistake. Null if that is not known
     * @return its methods with their pipelines
     * @throws InvalidContractException with every mistake in the annotations, each with its place and the fix
     */
    public static GuardedContract of(Class<?> contract, String service, Policies policies, @Nullable CallLimit limit) {
        List<String> mistakes = new ArrayList<>();
        Map<Method, GuardedMethod> methods = new LinkedHashMap<>();
        for (Method method : contract.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())) {
                try {
                    methods.put(method, guard(contract, method, service, policies, limit));
                } catch (InvalidContractException | IllegalArgumentException e) {
                    mistakes.add(String.valueOf(e.getMessage()));
                }
            }
        }
        if (!mistakes.isEmpty()) {
            mistakes.sort(null);
            throw new InvalidContractException(
                    contract.getName() + " cannot be guarded:\n  " + String.join("\n  ", mistakes));
        }
        return new GuardedContract(contract, methods);
    }

    /**
     * The pipeline of a method.
     *
     * @param method a method of the interface
     * @return the method with its pipeline
     * @throws IllegalArgumentException if the interface has no such method
     */
    public GuardedMethod method(Method method) {
        GuardedMethod guarded = methods.get(method);
        if (guarded == null) {
            throw new IllegalArgumentException(method + " is no method of " + contract.getName());
        }
        return guarded;
    }

    private static GuardedMethod guard(
            Class<?> contract, Method method, String service, Policies policies, @Nullable CallLimit limit) {
        String place = contract.getSimpleName() + "." + method.getName();
        PipelineBuilder pipeline = policies.pipeline(policyName(contract, method, service, place))
                .named(place)
                .service(service);
        if (limit != null) {
            pipeline.within(limit);
        }
        boolean idempotent = find(contract, method, Idempotent.class) != null;
        if (idempotent) {
            pipeline.idempotent();
        }
        CircuitBreaker breaker = find(contract, method, CircuitBreaker.class);
        if (breaker != null) {
            Predicate<Throwable> failures = among(breaker.failOn(), breaker.skipOn());
            pipeline.ignores(error -> !failures.test(error));
            if (breaker.perInstance()) {
                pipeline.instanceCircuitBreaker();
            } else {
                pipeline.circuitBreaker();
            }
        }
        if (find(contract, method, Bulkhead.class) != null) {
            pipeline.bulkhead();
        }
        if (find(contract, method, AdaptiveLimit.class) != null) {
            pipeline.adaptiveLimit();
        }
        if (find(contract, method, RateLimit.class) != null) {
            pipeline.rateLimit();
        }
        if (find(contract, method, Hedge.class) != null) {
            requireIdempotent(idempotent, "@Hedge", place);
            pipeline.hedge();
        }
        if (find(contract, method, Coalesce.class) != null) {
            requireIdempotent(idempotent, "@Coalesce", place);
            pipeline.coalesce();
        }
        cache(find(contract, method, Cache.class), idempotent, place, pipeline);
        retry(find(contract, method, Retry.class), idempotent, place, pipeline);
        timeout(find(contract, method, Timeout.class), place, pipeline);
        Set<Class<?>> declared = Set.of(method.getExceptionTypes());
        pipeline.answers(
                error -> declared.stream().anyMatch(type -> type != Exception.class && type.isInstance(error)));
        Fallback fallback = method.getAnnotation(Fallback.class);
        if (fallback != null) {
            pipeline.covers(among(fallback.applyOn(), fallback.skipOn()));
        }
        Fallbacks fallbacks =
                fallback == null ? Fallbacks.NONE : Fallbacks.find(contract, method, fallback.method(), place);
        return new GuardedMethod(method, pipeline.build(), fallbacks);
    }

    private static void requireIdempotent(boolean idempotent, String annotation, String place) {
        if (!idempotent) {
            throw new InvalidContractException(place + " has " + annotation
                    + " but is not idempotent: a call may then have its effect twice, or not at all; add @Idempotent "
                    + "if that does no harm, else remove " + annotation);
        }
    }

    private static void cache(@Nullable Cache cache, boolean idempotent, String place, PipelineBuilder pipeline) {
        if (cache == null) {
            return;
        }
        requireIdempotent(idempotent, "@Cache", place);
        if (cache.ttl().isEmpty()) {
            pipeline.cache();
            return;
        }
        try {
            pipeline.cache(CacheConfig.of(DurationText.parse(cache.ttl()))
                    .withStale(
                            DurationText.parse(cache.staleWhileRevalidate()),
                            DurationText.parse(cache.staleIfError())));
        } catch (IllegalArgumentException e) {
            throw new InvalidContractException("@Cache of " + place + ": " + e.getMessage(), e);
        }
    }

    private static void retry(@Nullable Retry retry, boolean idempotent, String place, PipelineBuilder pipeline) {
        if (retry == null) {
            return;
        }
        if (!idempotent) {
            throw new InvalidContractException(place + " has @Retry but is not idempotent: a second attempt may repeat "
                    + "the effect of the first; add @Idempotent if it may be repeated, else remove @Retry");
        }
        pipeline.retryIf(among(retry.retryOn(), retry.abortOn()));
        if (retry.maxRetries() < 0) {
            pipeline.retry();
        } else {
            pipeline.retry(retry.maxRetries());
        }
    }

    private static void timeout(@Nullable Timeout timeout, String place, PipelineBuilder pipeline) {
        if (timeout == null) {
            return;
        }
        if (timeout.value().isEmpty()) {
            pipeline.timeout();
            return;
        }
        try {
            pipeline.timeout(DurationText.parse(timeout.value()));
        } catch (IllegalArgumentException e) {
            throw new InvalidContractException(
                    "@Timeout(\"" + timeout.value() + "\") of " + place + " " + e.getMessage(), e);
        }
    }

    private static Predicate<Throwable> among(
            Class<? extends Throwable>[] types, Class<? extends Throwable>[] exceptThese) {
        List<Class<? extends Throwable>> wanted = List.of(types);
        List<Class<? extends Throwable>> unwanted = List.of(exceptThese);
        return error -> wanted.stream().anyMatch(type -> type.isInstance(error))
                && unwanted.stream().noneMatch(type -> type.isInstance(error));
    }

    private static String policyName(Class<?> contract, Method method, String service, String place) {
        Set<String> names = new LinkedHashSet<>();
        name(find(contract, method, CircuitBreaker.class), CircuitBreaker::policy, names);
        name(find(contract, method, Retry.class), Retry::policy, names);
        name(find(contract, method, Hedge.class), Hedge::policy, names);
        name(find(contract, method, Cache.class), Cache::policy, names);
        name(find(contract, method, Coalesce.class), Coalesce::policy, names);
        name(find(contract, method, Timeout.class), Timeout::policy, names);
        name(find(contract, method, Bulkhead.class), Bulkhead::policy, names);
        name(find(contract, method, RateLimit.class), RateLimit::policy, names);
        name(find(contract, method, AdaptiveLimit.class), AdaptiveLimit::policy, names);
        if (names.size() > 1) {
            throw new InvalidContractException(
                    place + " names several policies (" + String.join(", ", names) + "); name one in all annotations");
        }
        return names.isEmpty() ? service : names.iterator().next();
    }

    private static <A extends Annotation> void name(@Nullable A annotation, Function<A, String> name, Set<String> to) {
        if (annotation != null && !name.apply(annotation).isEmpty()) {
            to.add(name.apply(annotation));
        }
    }

    private static <A extends Annotation> @Nullable A find(Class<?> contract, Method method, Class<A> type) {
        A own = method.getAnnotation(type);
        if (own != null) {
            return own;
        }
        A declaring = method.getDeclaringClass().getAnnotation(type);
        return declaring != null ? declaring : contract.getAnnotation(type);
    }
}
