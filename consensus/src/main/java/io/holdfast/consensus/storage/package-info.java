/**
 * What keeps a replica's storage honest: looks at it before a start, sets it aside when it must not be used, and watches the space that is left. Start at
 * {@link io.holdfast.consensus.storage.ReplicaStorage}. Knows the files of Apache Ratis 3.3, none of its types.
 */
@NullMarked
package io.holdfast.consensus.storage;

import org.jspecify.annotations.NullMarked;
