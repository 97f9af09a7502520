/**
 * A deterministic simulation of a whole cluster on one thread: virtual time, a network that loses, delays, doubles, reorders and cuts, nodes that die, pause and starve, disks
 * that lose what was not synced. The same seed gives the same run. Start at {@link io.holdfast.testkit.sim.SimWorld}; {@link io.holdfast.testkit.sim.Sweep} runs many seeds.
 *
 * <p>Nothing here is safe for use by several threads: a simulation belongs to the thread that advances it.
 */
@NullMarked
package io.holdfast.testkit.sim;

import org.jspecify.annotations.NullMarked;
