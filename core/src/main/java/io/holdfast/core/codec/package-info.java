/**
 * How values that users define become bytes. The port only: a well-kept library stands behind it.
 */
@NullMarked
package io.holdfast.core.codec;

import org.jspecify.annotations.NullMarked;
