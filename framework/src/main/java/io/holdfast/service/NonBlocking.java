package io.holdfast.service;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Promises that a method's implementation never blocks, so that it runs on the I/O thread and saves two thread hand-offs. Put it on the implementing method or class.
 *
 * <p>A method that breaks the promise stalls every connection of the node, heartbeats among them: keep it to work of a few microseconds, or return a
 * {@link java.util.concurrent.CompletionStage} that another thread completes.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface NonBlocking {}
