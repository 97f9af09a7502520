package io.holdfast.core.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a configuration key does, in a sentence or two with its formula; {@code docs/configuration.md} is generated from it. On a record: what its section is about. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE})
public @interface Doc {
    /**
     * The effect of the key, for users.
     *
     * @return a sentence or two
     */
    String value();
}
