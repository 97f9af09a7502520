/**
 * Finds the live nodes of the cluster and what they offer, and tells you when either changes. Start at {@link io.holdfast.discovery.Discovery}. All types are safe for use by many
 * threads unless they say otherwise.
 */
@NullMarked
package io.holdfast.discovery;

import org.jspecify.annotations.NullMarked;
