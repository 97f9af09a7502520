/**
 * What is known of a row and when it was written: dots, causal contexts, siblings, the hybrid clock, the hash of keys. All types are immutable unless they say otherwise.
 */
@NullMarked
package io.holdfast.replication.version;

import org.jspecify.annotations.NullMarked;
