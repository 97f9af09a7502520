package io.holdfast.entity;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method of an entity that is called when a reminder comes due, as one of its calls: alone, and with the state committed at its end. It takes the reminder's name. When it throws, its changes are
 * taken back and the reminder comes again; so it may come more than once.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnReminder {}
