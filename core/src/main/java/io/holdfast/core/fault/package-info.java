/**
 * The vocabulary of what may go wrong on purpose: tests, routes and chaos experiments name the same faults. Start at {@link io.holdfast.core.fault.Fault}. All types are immutable.
 */
@NullMarked
package io.holdfast.core.fault;

import org.jspecify.annotations.NullMarked;
