package io.holdfast.circuitbreaker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Stops calls while too many of them fail or are slow; see {@link io.holdfast.circuitbreaker.config.CircuitBreakerConfig}. On an interface it holds for all methods. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface CircuitBreaker {
    /**
     * Which exceptions are failures; others say nothing of the callee. Those that the method declares are answers in any case.
     *
     * @return their types
     */
    Class<? extends Throwable>[] failOn() default Throwable.class;

    /**
     * Which of them are none after all.
     *
     * @return their types; they win over {@link #failOn()}
     */
    Class<? extends Throwable>[] skipOn() default {};

    /**
     * Whether each instance of the callee has a breaker of its own, so that the others are called while one fails.
     *
     * @return false for one breaker for all instances together
     */
    boolean perInstance() default false;

    /**
     * Which policy; its numbers stand under {@code holdfast.policies.<name>}. All annotations of a method name the same one.
     *
     * @return the name; empty for the policy of the service
     */
    String policy() default "";
}
