/**
 * How a test kit starts nodes without knowing how a node is built.
 */
@NullMarked
package io.holdfast.core.node;

import org.jspecify.annotations.NullMarked;
