/**
 * How a node is put together, started, drained and closed. Inner part of the framework.
 */
@NullMarked
package io.holdfast.node;

import org.jspecify.annotations.NullMarked;
