/**
 * The numbers of the resilience policies, bound from {@code holdfast.policies.<name>}. All types are immutable.
 */
@NullMarked
package io.holdfast.circuitbreaker.config;

import org.jspecify.annotations.NullMarked;
