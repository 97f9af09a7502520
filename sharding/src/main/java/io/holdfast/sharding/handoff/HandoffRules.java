package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import java.time.Duration;
import java.util.Optional;

/**
 * Every decision on which it depends that a shard has one owner, each in a method of its own: a test plants a fault by overriding one. Stateless.
 */
class HandoffRules {
    /** Whether a map replaces the one that is known. */
    boolean isNewer(ShardMap seen, ShardMap known) {
        return seen.revision() > known.revision();
    }

    /** Whether a host is this process; a former process of this node is not. */
    boolean isSelf(Host host, Host self) {
        return host.equals(self);
    }

    /** Whether a host lives no longer: membership says so, or another process runs under its node's name. A suspected one lives. */
    boolean isGone(Host host, Optional<Host> presentOfNode, boolean deadOrLeft) {
        return presentOfNode.map(present -> !present.equals(host)).orElse(deadOrLeft);
    }

    /** The version that the map's row must have: that of the map before. */
    long mapCondition(ShardMap next) {
        return next.revision() - 1;
    }

    /** Whether a commit surely came to pass. */
    boolean isCommitted(ShardRequest.Outcome outcome) {
        return outcome == ShardRequest.Outcome.APPLIED;
    }

    /** Whether a tenure goes on under a map. */
    boolean keeps(Ownership own, Epoch epoch, Host self) {
        return own.epoch().equals(epoch)
                && own.owner().filter(owner -> isSelf(owner, self)).isPresent();
    }

    /** Whether a shard may be fenced at once: nobody has ever owned it. */
    boolean isFirst(Ownership own) {
        return own.previous().isEmpty();
    }

    /** From when on the previous owner's lease is waited out: from when the map was seen, for it was committed before that, and the previous owner's last successful read began before the commit. */
    long waitsFrom(long seenNanos, long beganNanos) {
        return seenNanos;
    }

    /** How long a lease may last on another clock: 10 % are for drift. */
    Duration waitOut(Duration lease) {
        return lease.plus(lease.dividedBy(10));
    }

    /** How long to wait for a word of the previous owner; in both cases its lease has run out by then. */
    Duration patience(Ownership own, boolean previousIsGone, Duration waitOut, Duration drainLimit) {
        return own.handsOver() && !previousIsGone && drainLimit.compareTo(waitOut) > 0 ? drainLimit : waitOut;
    }

    /** Whether a release is that of the previous owner, for this change of owners and no other. */
    boolean isReleased(Ownership own, Epoch epoch, Host by) {
        return own.handsOver()
                && own.epoch().equals(epoch)
                && own.previous().filter(by::equals).isPresent();
    }

    /** Whether this host, which owned a shard before, may say that all is over: nothing is under way, and it knew as much of its own predecessor. */
    boolean mayRelease(boolean underWay, Epoch cleared, Epoch next) {
        return !underWay && cleared.next().equals(next);
    }

    /** Whether a fence is the one that this host has put for its epoch: an attempt of which it had no answer. */
    boolean isMine(Fence found, Epoch epoch, Host self) {
        return found.epoch().equals(epoch) && found.host().equals(self);
    }

    /** Whether a fence is an earlier owner's. */
    boolean isEarlier(Fence found, Epoch epoch) {
        return found.epoch().compareTo(epoch) < 0;
    }

    /** The version that the fence's row must have when it is put. */
    long fenceCondition(Optional<Fence> found) {
        return found.map(Fence::version).orElse(0L);
    }

    /** Whether a shard is served before its fence is put. */
    boolean servesUnfenced() {
        return false;
    }

    /** From when on a lease counts: from before the read that confirmed it was sent. */
    long leasedFrom(long beganNanos, long nowNanos) {
        return beganNanos;
    }

    /** Whether a read renews the lease: there is a map, and none older than what was known when the read began. */
    boolean confirms(long found, long known) {
        return found > 0 && found >= known;
    }

    /** Whether a lease holds at an instant. */
    boolean holds(long untilNanos, long nowNanos) {
        return untilNanos - nowNanos > 0;
    }

    /** Whether the lease of a tenure is renewed while it is drained: its shard is another's by then. */
    boolean renewsWhileDraining() {
        return false;
    }
}
