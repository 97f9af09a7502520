/**
 * What travels with a call over every hop and thread: {@link io.holdfast.core.call.CallContext}.
 */
@NullMarked
package io.holdfast.core.call;

import org.jspecify.annotations.NullMarked;
