package io.holdfast.entity;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a class a kind of entity: of each key one object lives in the whole cluster, on the node that owns the key's shard, does one call at a time and keeps its state through every move and crash.
 *
 * <pre>{@code
 * interface Cart { void add(Line line); List<Line> lines(); }
 *
 * @ShardedEntity("cart")
 * final class CartEntity implements Cart {
 *     CartEntity(@EntityKey String id, EntityState<CartState> state) { ... }
 * }
 *
 * node.entities().host(CartEntity.class);
 * node.entities().ref(Cart.class, "cart-42").add(line);
 * }</pre>
 *
 * <p>The interface is the contract, written as that of a {@link io.holdfast.service.RemoteService}: methods return a value, {@code void} or a {@link java.util.concurrent.CompletionStage}; exceptions
 * that they declare arrive as themselves, and take the changes of their call back. Callers know the interface alone, so it must tell the kind: by its simple name ({@code Cart} is {@code cart},
 * {@code PlaybackSession} is {@code playback-session}), or by this annotation on it, with the same name, where the two differ.
 *
 * <p>The constructor asks for the key by {@link EntityKey}, for {@code EntityState<T>}, for {@link Reminders}, and for whatever a node gives to the services that it hosts. A class that is
 * {@link AutoCloseable} is closed when an entity leaves the memory of its node.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ShardedEntity {
    /**
     * What names the kind in routes and in what is stored: to change it is to lose the entities.
     *
     * @return a DNS label, for instance {@code cart}
     */
    String value();

    /**
     * Whether a call that an entity's own call has caused, directly or by others, may run before that one has ended; if not, it is refused at once, for it could only wait for itself. Of the class.
     *
     * @return false unless the class is made for that
     */
    boolean reentrant() default false;

    /**
     * After how long without a call an entity leaves the memory; the next call brings it back. Of the class.
     *
     * @return a duration such as {@code 1h}; empty is ten minutes
     */
    String idle() default "";

    /**
     * The version in which this build writes states; those of earlier ones are read by {@link FromVersion} methods. Of the class.
     *
     * @return 1 or more, growing with each change that a record's own evolution does not cover
     */
    int stateVersion() default 1;
}
