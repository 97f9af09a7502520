/**
 * The vocabulary of Holdfast: identities, deadlines and the exceptions that advise the caller.
 *
 * <p>All types are immutable and safe for use by many threads unless they say otherwise.
 */
@NullMarked
package io.holdfast.core;

import org.jspecify.annotations.NullMarked;
