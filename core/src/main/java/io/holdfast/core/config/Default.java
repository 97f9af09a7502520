package io.holdfast.core.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value of a key that no source sets, as a user would write it: {@code 300ms}, {@code 64MiB}, {@code 50%}, {@code a, b}. A component without it is required unless it is an
 * {@code Optional}, a list, a map or a nested record of which every component has a default.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
    /**
     * The value as text.
     *
     * @return the text that the binder reads
     */
    String value();
}
