package io.holdfast.service;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes an interface the contract of a service: a node hosts an implementation, another asks for a client.
 *
 * <p>Methods return a value, {@code void} (the caller waits until it was done) or a {@link java.util.concurrent.CompletionStage}. Parameters and results are records, enums, sealed
 * interfaces, strings, numbers, collections, {@code Optional} and {@code java.time}. A default method runs at the caller.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface RemoteService {
    /**
     * The name that the service is published and found under.
     *
     * @return a DNS label, for instance {@code catalog}
     */
    String value();

    /**
     * The version that instances tell others, for people and traffic policy. Compatibility does not depend on it but on the methods.
     *
     * @return at most 64 characters; empty says nothing
     */
    String version() default "";
}
