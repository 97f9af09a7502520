/**
 * Values that every node changes by itself, also in a partition, and that come to the same state everywhere: counters, flags, registers, sets and maps (conflict-free replicated data types). Start at
 * {@link io.holdfast.replication.crdt.CrdtSpace}.
 *
 * <p>They are delta-state CRDTs (Almeida, Shoker, Baquero 2018, "Delta state replicated data types"): what is sent is the part of a state that changed. All types share one state: live entries, each of
 * which carries the dot of the write that made it, and a causal context, the dots that were ever seen. A dot that was seen and is not live was overwritten or removed; there are no tombstones.
 *
 * <p>All types are safe for use by many threads. Reads take no lock and wait for nobody.
 */
@NullMarked
package io.holdfast.replication.crdt;

import org.jspecify.annotations.NullMarked;
