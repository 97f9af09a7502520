package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Faults that are planted in {@link HandoffRules}, each in one rule. */
enum Mutant {
    OLD_MAP_ACCEPTED(new HandoffRules() {
        @Override
        boolean isNewer(ShardMap seen, ShardMap known) {
            return seen.revision() != known.revision();
        }
    }),
    RESTART_KEEPS_THE_TENURE(new HandoffRules() {
        @Override
        boolean isSelf(Host host, Host self) {
            return host.node().equals(self.node());
        }

        @Override
        boolean isGone(Host host, Optional<Host> presentOfNode, boolean deadOrLeft) {
            return presentOfNode.isEmpty() && deadOrLeft;
        }

        @Override
        boolean isMine(Fence found, Epoch epoch, Host self) {
            return found.epoch().equals(epoch) && isSelf(found.host(), self);
        }
    }),
    MAP_WITHOUT_COMPARE_AND_SET(new HandoffRules() {
        @Override
        long mapCondition(ShardMap next) {
            return -1;
        }
    }),
    UNKNOWN_COMMIT_BELIEVED(new HandoffRules() {
        @Override
        boolean isCommitted(ShardRequest.Outcome outcome) {
            return outcome != ShardRequest.Outcome.REFUSED;
        }
    }),
    EPOCH_OF_THE_TENURE_NOT_CHECKED(new HandoffRules() {
        @Override
        boolean keeps(Ownership own, Epoch epoch, Host self) {
            return own.owner().filter(owner -> isSelf(owner, self)).isPresent();
        }
    }),
    LOST_TENURE_KEPT(new HandoffRules() {
        @Override
        boolean keeps(Ownership own, Epoch epoch, Host self) {
            return true;
        }
    }),
    NO_WAIT_OUT(new HandoffRules() {
        @Override
        Duration patience(Ownership own, boolean previousIsGone, Duration waitOut, Duration drainLimit) {
            return own.handsOver() && !previousIsGone ? drainLimit : Duration.ZERO;
        }
    }),
    WAIT_OUT_FROM_THE_SENDING_OF_THE_READ(new HandoffRules() {
        @Override
        long waitsFrom(long seenNanos, long beganNanos) {
            return beganNanos;
        }
    }),
    NO_MARGIN_FOR_DRIFT(new HandoffRules() {
        @Override
        Duration waitOut(Duration lease) {
            return lease;
        }
    }),
    HANDS_OVER_BELIEVED_FOR_A_DEAD_HOST(new HandoffRules() {
        @Override
        Duration patience(Ownership own, boolean previousIsGone, Duration waitOut, Duration drainLimit) {
            return own.handsOver() && previousIsGone
                    ? Duration.ZERO
                    : super.patience(own, previousIsGone, waitOut, drainLimit);
        }
    }),
    ANY_RELEASE_BELIEVED(new HandoffRules() {
        @Override
        boolean isReleased(Ownership own, Epoch epoch, Host by) {
            return true;
        }
    }),
    RELEASE_BEFORE_DRAIN(new HandoffRules() {
        @Override
        boolean mayRelease(boolean underWay, Epoch cleared, Epoch next) {
            return super.mayRelease(false, cleared, next);
        }
    }),
    RELEASES_WHAT_IT_NEVER_HAD(new HandoffRules() {
        @Override
        boolean mayRelease(boolean underWay, Epoch cleared, Epoch next) {
            return !underWay;
        }
    }),
    EPOCH_OF_THE_FENCE_NOT_CHECKED(new HandoffRules() {
        @Override
        boolean isEarlier(Fence found, Epoch epoch) {
            return true;
        }
    }),
    FENCE_WITHOUT_COMPARE_AND_SET(new HandoffRules() {
        @Override
        long fenceCondition(Optional<Fence> found) {
            return -1;
        }
    }),
    SERVES_BEFORE_THE_FENCE(new HandoffRules() {
        @Override
        boolean servesUnfenced() {
            return true;
        }
    }),
    LEASE_FROM_THE_ANSWER(new HandoffRules() {
        @Override
        long leasedFrom(long beganNanos, long nowNanos) {
            return nowNanos;
        }
    }),
    LEASE_NEVER_LAPSES(new HandoffRules() {
        @Override
        boolean holds(long untilNanos, long nowNanos) {
            return true;
        }
    }),
    LEASE_RENEWED_WHILE_DRAINING(new HandoffRules() {
        @Override
        boolean renewsWhileDraining() {
            return true;
        }
    });

    /** Those that a thousand seeds need not find; {@link HandoffRulesTest} says why, and protects their rules. */
    static final Set<Mutant> RARE = EnumSet.of(
            UNKNOWN_COMMIT_BELIEVED, WAIT_OUT_FROM_THE_SENDING_OF_THE_READ, NO_MARGIN_FOR_DRIFT, ANY_RELEASE_BELIEVED);

    final HandoffRules rules;

    Mutant(HandoffRules rules) {
        this.rules = rules;
    }
}
