/**
 * What "all is well" means: as one question, {@link io.holdfast.core.slo.Guard}, and as what is wanted of each service: start at {@link io.holdfast.core.slo.SloBook}. All types are safe for use by many threads.
 */
@NullMarked
package io.holdfast.core.slo;

import org.jspecify.annotations.NullMarked;
