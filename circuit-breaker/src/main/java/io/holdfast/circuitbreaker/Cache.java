package io.holdfast.circuitbreaker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Keeps results by the arguments and the principal of the call; only on methods that are {@link io.holdfast.core.call.Idempotent}. The same result object may reach several callers: let it be
 * immutable. See {@link io.holdfast.circuitbreaker.config.CacheConfig}. On an interface it holds for all methods.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Cache {
    /**
     * How long a result is fresh, such as {@code 30s}; a block in the configuration wins.
     *
     * @return the time; empty if only the configuration says it
     */
    String ttl() default "";

    /**
     * How long after that it still answers while one call renews it in the background.
     *
     * @return the time
     */
    String staleWhileRevalidate() default "0s";

    /**
     * How long after the ttl it stands in for a call that failed.
     *
     * @return the time
     */
    String staleIfError() default "0s";

    /**
     * Which policy; its numbers stand under {@code holdfast.policies.<name>}. All annotations of a method name the same one.
     *
     * @return the name; empty for the policy of the service
     */
    String policy() default "";
}
