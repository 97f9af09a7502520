package io.holdfast.sharding.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.ProtocolException;
import io.holdfast.core.Retry;
import io.holdfast.core.call.CallContext;
import io.holdfast.sharding.entity.EntityScope.Stored;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AnswerWindowTest {
    private static final byte[] BYTES = {1, 2, 3};
    private static final Served.Answered ANSWER = new Served.Answered(BYTES);

    private static EntityCall call(long session, long sequence, long firstOpen, long introduced) {
        return new EntityCall(
                new EntityId("counter", "x"),
                1,
                BYTES,
                new CallId(session, sequence),
                firstOpen,
                introduced,
                1,
                CallContext.EMPTY);
    }

    private static AnswerWindow done(AnswerWindow window, long session, long from, long to) {
        AnswerWindow next = window;
        for (long sequence = from; sequence <= to; sequence++) {
            next = next.with(call(session, sequence, 1, 0), ANSWER);
        }
        return next;
    }

    @Test
    void aCallThatWasDoneIsAnsweredAndOneThatWasNotIsNew() {
        AnswerWindow window = done(AnswerWindow.EMPTY, 7, 1, 3);
        assertThat(window.seen(call(7, 2, 1, 0))).isEqualTo(ANSWER);
        assertThat(window.seen(call(7, 4, 1, 0))).isNull();
        assertThat(window.seen(call(8, 2, 1, 0))).isNull();
    }

    @Test
    void whatIsAnsweredForGoodIsForgottenAndNotDoneAgain() {
        AnswerWindow window = done(AnswerWindow.EMPTY, 7, 1, 3).with(call(7, 4, 4, 0), ANSWER);
        assertThat(window.sessions().get(0).answers()).hasSize(1);
        assertThat(window.seen(call(7, 3, 1, 0))).isInstanceOf(Served.Unknown.class);
    }

    @Test
    void anOpenCallThatOthersPushedOutEndsUnknown() {
        AnswerWindow window = done(AnswerWindow.EMPTY, 7, 1, AnswerWindow.MAX_ANSWERS + 1);
        assertThat(window.seen(call(7, 1, 1, 0))).isInstanceOf(Served.Unknown.class);
        assertThat(window.seen(call(7, 2, 1, 0))).isInstanceOf(Served.Answered.class);
        AnswerWindow other = done(done(AnswerWindow.EMPTY, 7, 1, 1), 8, 1, AnswerWindow.MAX_ANSWERS);
        assertThat(other.seen(call(7, 1, 1, 0)))
                .as("calls of others push none out")
                .isEqualTo(ANSWER);
    }

    @Test
    void anAnswerThatIsTooLargeToKeepIsKnownToBeGiven() {
        AnswerWindow window = done(AnswerWindow.EMPTY, 7, 1, 1)
                .with(call(7, 2, 1, 0), new Served.Answered(new byte[AnswerWindow.MAX_BYTES + 1]));
        assertThat(window.seen(call(7, 2, 1, 0))).isInstanceOf(Served.Unknown.class);
        assertThat(window.seen(call(7, 3, 1, 0))).isNull();
        assertThat(window.seen(call(7, 1, 1, 0))).as("the others are kept").isEqualTo(ANSWER);
    }

    @Test
    void aForgottenSessionIsIntroducedAnewAndItsOldCallsAreNotDone() {
        AnswerWindow window = done(AnswerWindow.EMPTY, 7, 1, 2);
        for (int session = 100; session < 100 + AnswerWindow.MAX_SESSIONS; session++) {
            window = done(window, session, 1, 1);
        }
        assertThat(window.dropped()).isEqualTo(1);
        assertThat(window.seen(call(7, 2, 1, 0))).isEqualTo(new Served.Introduce(1));
        assertThat(window.seen(call(500, 1, 1, 0))).isEqualTo(new Served.Introduce(1));
        AnswerWindow again = window.with(call(7, 3, 1, 1), ANSWER);
        assertThat(again.seen(call(7, 3, 1, 1))).isInstanceOf(Served.Answered.class);
        assertThat(again.seen(call(7, 4, 1, 1))).isNull();
        assertThat(again.seen(call(7, 2, 1, 0)))
                .as("done before the session was forgotten, and open still")
                .isEqualTo(new Served.Introduce(1));
    }

    @Test
    void aFailureThatIsKnownComesBackFromTheBytesOfItsRow() {
        Served.Failed failed = new Served.Failed("a.B", "why", Retry.IF_IDEMPOTENT);
        AnswerWindow window = AnswerWindow.EMPTY.with(call(7, 1, 1, 0), failed);
        byte[] bytes = new EntityRow(Optional.empty(), window, new TreeMap<>()).encode();
        assertThat(EntityRow.decode("e/x", bytes).window().seen(call(7, 1, 1, 0)))
                .isEqualTo(failed);
    }

    @Test
    void aRowComesBackFromItsBytesAndStaysWithinItsBounds() {
        AnswerWindow window = AnswerWindow.EMPTY;
        for (int i = 0; i < 300; i++) {
            window = window.with(call(i % 40, 1 + i, 1, window.dropped()), new Served.Answered(new byte[i * 10]));
        }
        TreeMap<String, Long> reminders = new TreeMap<>();
        reminders.put("wake", 123456789L);
        EntityRow row = new EntityRow(Optional.of(new Stored(3, new byte[1000])), window, reminders);
        byte[] bytes = row.encode();
        assertThat(bytes.length).isLessThan(1000 + AnswerWindow.MAX_BYTES + 4096);
        EntityRow back = EntityRow.decode("e/x", bytes);
        assertThat(back.encode()).isEqualTo(bytes);
        assertThat(back.reminders()).isEqualTo(reminders);
        assertThat(back.state().orElseThrow().version()).isEqualTo(3);
    }

    @Test
    void bytesThatAreNoRowAreRefusedWhateverIsWrong() {
        AnswerWindow window = done(AnswerWindow.EMPTY, 7, 1, 3);
        byte[] good = new EntityRow(Optional.of(new Stored(1, BYTES)), window, new TreeMap<>()).encode();
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> EntityRow.decode("e/x", cut))
                    .isInstanceOf(ProtocolException.class);
        }
        for (int at = 0; at < good.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = good.clone();
                flipped[at] ^= (byte) (1 << bit);
                try {
                    EntityRow.decode("e/x", flipped);
                } catch (ProtocolException expected) {
                    continue; // a flip may also give another row
                }
            }
        }
    }

    @Test
    void theKeyOfAReminderLeadsBackWhateverSlashesTheEntityHas() {
        Reminder reminder = new Reminder(1_700_000_000_000L, new EntityId("cart", "/a//b/"), "pay");
        String key = RowKeys.reminder(255, reminder);
        assertThat(key).startsWith("r/00ff/001700000000000/cart/");
        assertThat(RowKeys.reminder(255, key)).isEqualTo(reminder);
        for (String hostile :
                new String[] {"r/00ff/", "r/00ff/001700000000000/cart/pay", "r/00ff/x/cart/k/pay", "e/00ff/cart/x"}) {
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> RowKeys.reminder(255, hostile))
                    .isInstanceOf(ProtocolException.class);
        }
    }
}
