/**
 * What a structure promises about the order of what is read and written, as its type: {@link io.holdfast.core.consistency.Linearizable}, {@link io.holdfast.core.consistency.Causal} or
 * {@link io.holdfast.core.consistency.Eventual}.
 */
@NullMarked
package io.holdfast.core.consistency;

import org.jspecify.annotations.NullMarked;
