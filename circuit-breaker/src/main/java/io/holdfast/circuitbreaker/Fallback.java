package io.holdfast.circuitbreaker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names what answers in place of a call that failed. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Fallback {
    /**
     * A default method of the same interface with the same result, which takes the same parameters, or those and the {@link Throwable} at the end.
     *
     * @return the name of the method
     */
    String method();

    /**
     * Which failures it stands in for.
     *
     * @return their types
     */
    Class<? extends Throwable>[] applyOn() default Throwable.class;

    /**
     * Which of them it does not after all.
     *
     * @return their types; they win over {@link #applyOn()}
     */
    Class<? extends Throwable>[] skipOn() default {};
}
