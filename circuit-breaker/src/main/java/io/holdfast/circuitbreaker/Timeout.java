package io.holdfast.circuitbreaker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Bounds how long an attempt may take and cancels it then. On an interface it holds for all methods. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Timeout {
    /**
     * The time, such as {@code 300ms} or {@code 1m30s}; a number in the configuration wins.
     *
     * @return the time; empty if only the configuration says it
     */
    String value() default "";

    /**
     * Which policy; its numbers stand under {@code holdfast.policies.<name>}. All annotations of a method name the same one.
     *
     * @return the name; empty for the policy of the service
     */
    String policy() default "";
}
