package io.holdfast.circuitbreaker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Tries failed calls again; only on methods that are {@link io.holdfast.core.call.Idempotent}. See {@link io.holdfast.circuitbreaker.config.RetryConfig}. On an interface it holds for all methods. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Retry {
    /**
     * How often a call is tried again after the first attempt; a number in the configuration wins.
     *
     * @return the number; negative for the default
     */
    int maxRetries() default -1;

    /**
     * Which failures are tried again, as far as their own advice allows it.
     *
     * @return their types
     */
    Class<? extends Throwable>[] retryOn() default Exception.class;

    /**
     * Which of them are not after all.
     *
     * @return their types; they win over {@link #retryOn()}
     */
    Class<? extends Throwable>[] abortOn() default {};

    /**
     * Which policy; its numbers stand under {@code holdfast.policies.<name>}. All annotations of a method name the same one.
     *
     * @return the name; empty for the policy of the service
     */
    String policy() default "";
}
