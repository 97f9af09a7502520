/** A node with the replicated primitives behind plain HTTP, so that tools outside of the JVM can drive and judge them. */
@NullMarked
package io.holdfast.examples.kv;

import org.jspecify.annotations.NullMarked;
