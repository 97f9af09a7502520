/** A service and its caller, as the README shows them. */
@NullMarked
package io.holdfast.examples.quickstart;

import org.jspecify.annotations.NullMarked;
