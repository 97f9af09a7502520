/**
 * Event logs: typed events in partitions, each a {@link io.holdfast.core.cluster.ReplicatedJournal}, and those who read them. Start at {@link io.holdfast.replication.event.EventLog}. All types are safe for
 * use by many threads unless they say otherwise.
 */
@NullMarked
package io.holdfast.replication.event;

import org.jspecify.annotations.NullMarked;
