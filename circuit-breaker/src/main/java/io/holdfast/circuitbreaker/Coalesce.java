package io.holdfast.circuitbreaker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes one call for all who ask the same (arguments and principal) at the same time; only on methods that are {@link io.holdfast.core.call.Idempotent}. The same result object reaches several callers:
 * let it be immutable. On an interface it holds for all methods.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Coalesce {
    /**
     * Which policy; its numbers stand under {@code holdfast.policies.<name>}. All annotations of a method name the same one.
     *
     * @return the name; empty for the policy of the service
     */
    String policy() default "";
}
