/**
 * How shards get from one owner to the next, without I/O, and the shell that does what it asks for. Start at {@link ShardNode}; its rules are in docs/adr/0013-sharding.md.
 */
@NullMarked
package io.holdfast.sharding.handoff;

import org.jspecify.annotations.NullMarked;
