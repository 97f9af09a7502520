package io.holdfast.sharding.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Rules whose faults the simulation meets too rarely, or not at all, since another rule covers for them: a map that is believed too early is stopped by the fence; the margin of the wait-out and the instant from which it counts
 * matter for some milliseconds; a release of another change has to be as old as a whole move. Each is tried with the fault planted, too.
 */
class HandoffRulesTest {
    private static final Host A = new Host(NodeId.of("a"), 1);
    private static final Host B = new Host(NodeId.of("b"), 1);

    private static void holds(Mutant mutant, Consumer<HandoffRules> rule) {
        rule.accept(new HandoffRules());
        assertThatThrownBy(() -> rule.accept(mutant.rules)).isInstanceOf(AssertionError.class);
    }

    @Test
    void aCommitOfUnknownOutcomeIsNotBelieved() {
        holds(
                Mutant.UNKNOWN_COMMIT_BELIEVED,
                rules -> assertThat(rules.isCommitted(ShardRequest.Outcome.UNKNOWN))
                        .isFalse());
    }

    @Test
    void theWaitCountsFromTheInstantAtWhichTheMapWasSeen() {
        holds(
                Mutant.WAIT_OUT_FROM_THE_SENDING_OF_THE_READ,
                rules -> assertThat(rules.waitsFrom(20, 10)).isEqualTo(20));
    }

    @Test
    void theWaitOutlastsALeaseOnAClockThatRunsATenthSlower() {
        holds(
                Mutant.NO_MARGIN_FOR_DRIFT,
                rules -> assertThat(rules.waitOut(Duration.ofSeconds(1))).isEqualTo(Duration.ofMillis(1100)));
    }

    @Test
    void aReleaseIsBelievedFromThePreviousOwnerForThisChangeOnly() {
        Ownership handed = Ownership.NONE.takenBy(A).handedTo(B);
        Ownership taken = Ownership.NONE.takenBy(A).takenBy(B);
        assertThat(new HandoffRules().isReleased(handed, new Epoch(2), A)).isTrue();
        holds(Mutant.ANY_RELEASE_BELIEVED, rules -> {
            assertThat(rules.isReleased(handed, new Epoch(1), A)).isFalse();
            assertThat(rules.isReleased(handed, new Epoch(2), B)).isFalse();
            assertThat(rules.isReleased(taken, new Epoch(2), A)).isFalse();
        });
    }
}
