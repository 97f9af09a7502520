package io.holdfast.circuitbreaker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bounds how many calls run at once by a number that is learnt from how long they take, lowest criticality refused first; see {@link io.holdfast.circuitbreaker.config.AdaptiveLimitConfig}. On an
 * interface it holds for all methods, which share the limit: give methods of very different length policies of their own.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface AdaptiveLimit {
    /**
     * Which policy; its numbers stand under {@code holdfast.policies.<name>}. All annotations of a method name the same one.
     *
     * @return the name; empty for the policy of the service
     */
    String policy() default "";
}
