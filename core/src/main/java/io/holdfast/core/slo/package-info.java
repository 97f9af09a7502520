/**
 * What "all is well" means, as one question: start at {@link io.holdfast.core.slo.Guard}. All types are safe for use by many threads.
 */
@NullMarked
package io.holdfast.core.slo;

import org.jspecify.annotations.NullMarked;
