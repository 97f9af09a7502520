package io.holdfast.sharding.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.call.CallContext;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private static final EntityId X = new EntityId("loop", "x");

    private final Mailbox mailbox = new Mailbox(10, true);

    private static CallTurn turn(long number, CallContext context) {
        return new CallTurn(new EntityCall(X, 1, new byte[0], new CallId(1, number), 1, 0, 1, context));
    }

    /** Else it would count as running for a moment, and whoever ends in that moment would find nothing to begin, and nobody would begin it later. */
    @Test
    void aCallThatCannotRunBesideItsCauseNeverCountsAsRunning() {
        CallTurn outer = turn(1, CallContext.EMPTY);
        CallTurn inner = turn(2, CallPath.within(CallContext.EMPTY, outer.mark()));
        mailbox.offer(outer, true);
        assertThat(mailbox.begin()).isSameAs(outer);
        assertThat(mailbox.offer(inner, false)).as("it leaves, or is read anew").isEqualTo(Mailbox.Entry.AWAY);
        assertThat(mailbox.running()).containsExactly(outer);
        assertThat(mailbox.offer(inner, true)).isEqualTo(Mailbox.Entry.BESIDE);
        mailbox.end(inner);
        outer.orphan();
        assertThat(mailbox.offer(inner, true)).as("its cause counts no more").isEqualTo(Mailbox.Entry.AWAY);
        mailbox.end(outer);
        assertThat(mailbox.isEmpty()).isTrue();
    }
}
