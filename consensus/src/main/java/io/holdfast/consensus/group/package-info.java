/**
 * Who votes in a group: founds it, grows it, replaces the dead, lets nodes leave, and takes care that a replica without its storage never votes under its old name. Start at
 * {@link io.holdfast.consensus.group.GroupMembers}, a protocol without I/O; what it asks for is done by a shell over {@link io.holdfast.consensus.raft.RaftEngine}.
 */
@NullMarked
package io.holdfast.consensus.group;

import org.jspecify.annotations.NullMarked;
