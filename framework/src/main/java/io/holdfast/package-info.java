/**
 * Nodes: one dependency, one line to start. Start at {@link io.holdfast.Holdfast}. All types are safe for use by many threads unless they say otherwise.
 */
@NullMarked
package io.holdfast;

import org.jspecify.annotations.NullMarked;
