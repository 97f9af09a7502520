package io.holdfast.benchmarks.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a run finds wrong, and what it takes for right. */
class AccountTest {
    private final Account.Faults faults = new Account.Faults();
    private final Account account = new Account(faults);

    private void acknowledge(long number, long count, long nanos) {
        account.acknowledged(number, count, 0, nanos);
    }

    @Test
    void whatIsThereAndWhatWasNotAcknowledgedIsNoFault() {
        acknowledge(account.next(), 1, 10);
        account.next(); // never answered
        acknowledge(account.next(), 2, 20);
        account.read(new Tally.Sum(3, List.of(2L), 0), account.seen(), 30);
        account.read(new Tally.Sum(3, List.of(), 0), account.seen(), 40);
        assertThat(faults.none()).isTrue();
    }

    @Test
    void anAcknowledgedNumberThatALaterReadLacksIsLost() {
        acknowledge(account.next(), 1, 10);
        acknowledge(account.next(), 2, 20);
        account.read(new Tally.Sum(1, List.of(), 0), 0, 30);
        account.read(new Tally.Sum(2, List.of(1L), 0), 0, 30);
        assertThat(faults.lost().sum()).isEqualTo(2);
    }

    @Test
    void aReadThatBeganBeforeTheAcknowledgementMayLackTheNumber() {
        acknowledge(account.next(), 1, 20);
        account.read(Tally.Sum.ZERO, 0, 10);
        assertThat(faults.none()).isTrue();
    }

    @Test
    void aNumberThatCameTwiceAndACountThatGoesBackAreFaults() {
        acknowledge(account.next(), 1, 10);
        account.read(new Tally.Sum(1, List.of(), 1), 2, 30);
        assertThat(faults.doubled().sum()).isEqualTo(1);
        assertThat(faults.back().sum()).isEqualTo(1);
    }

    @Test
    void anEntityTellsHolesAndRepetitionsApart() {
        Tally.Sum holes = Tally.Sum.ZERO.with(1).with(4);
        assertThat(holes).isEqualTo(new Tally.Sum(4, List.of(2L, 3L), 0));
        assertThat(holes.with(3)).isEqualTo(new Tally.Sum(4, List.of(2L), 0));
        assertThat(holes.with(4)).isEqualTo(new Tally.Sum(4, List.of(2L, 3L), 1));
        assertThat(holes.count()).isEqualTo(2);
    }
}
