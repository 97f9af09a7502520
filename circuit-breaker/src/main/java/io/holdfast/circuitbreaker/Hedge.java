package io.holdfast.circuitbreaker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a second attempt beside one that takes longer than usual; only on methods that are {@link io.holdfast.core.call.Idempotent}. See {@link io.holdfast.circuitbreaker.config.HedgeConfig}. On an
 * interface it holds for all methods.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Hedge {
    /**
     * Which policy; its numbers stand under {@code holdfast.policies.<name>}. All annotations of a method name the same one.
     *
     * @return the name; empty for the policy of the service
     */
    String policy() default "";
}
