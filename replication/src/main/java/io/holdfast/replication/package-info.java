/**
 * Data sets of which each has the consistency that it needs: leaderless maps, replicated data types, caches, event logs, sagas. Types are safe for use by many threads unless they say otherwise.
 */
@NullMarked
package io.holdfast.replication;

import org.jspecify.annotations.NullMarked;
