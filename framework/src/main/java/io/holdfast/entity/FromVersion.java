package io.holdfast.entity;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A static method of an entity's class that makes a state of an earlier {@link ShardedEntity#stateVersion} into a present one, for changes that the record's own evolution does not cover: components may be added to a
 * record at any time without it. It takes the record of that version and returns the present one; what it returns is stored when the state is next set.
 *
 * <pre>{@code
 * @FromVersion(1)
 * static CartState of(CartStateV1 old) { ... }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface FromVersion {
    /**
     * The version that it reads.
     *
     * @return 1 or more, less than the present one
     */
    int value();
}
