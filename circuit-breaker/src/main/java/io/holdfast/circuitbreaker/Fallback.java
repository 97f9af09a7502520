package io.holdfast.circuitbreaker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names what answers in place of a call that failed: one method, or several, of which each is asked with the failure of the one before. A kept result that stands in for a failed call
 * ({@link Cache#staleIfError()}) is asked before all of them.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Fallback {
    /**
     * Default methods of the same interface with the same result, which take the same parameters, or those and the {@link Throwable} at the end.
     *
     * @return the names of the methods, in the order in which they are asked; at least one
     */
    String[] method();

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
