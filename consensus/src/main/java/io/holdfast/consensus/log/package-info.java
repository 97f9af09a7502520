/**
 * The replicated log on any node: batches the commands of all callers into entries, forwards them to the leader, reads linearizably by a term probe, and keeps the group's time.
 * Start at {@link io.holdfast.consensus.log.GroupLog}. All types are safe for use by many threads unless they say otherwise.
 */
@NullMarked
package io.holdfast.consensus.log;

import org.jspecify.annotations.NullMarked;
