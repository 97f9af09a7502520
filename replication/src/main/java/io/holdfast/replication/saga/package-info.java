/**
 * Sagas: work of several steps that outlives crashes, each step done exactly once or compensated exactly once. Start at {@link io.holdfast.replication.saga.Saga}; a node runs them in a
 * {@link io.holdfast.replication.saga.SagaHost}. Types are safe for use by many threads unless they say otherwise. See docs/adr/0018-sagas.md.
 */
@NullMarked
package io.holdfast.replication.saga;

import org.jspecify.annotations.NullMarked;
