package io.holdfast.consensus.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.holdfast.consensus.state.Answer.Status;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrimitiveMachineTest {
    private static final long SECOND = 1_000_000_000L;

    private final Rows rows = new Rows();

    private static String text(Answer answer) {
        return new String(answer.payload(), StandardCharsets.UTF_8);
    }

    @Test
    void appliesASequenceNumberOnceAndAnswersTheSameAgain() {
        long session = rows.open();
        Answer first = rows.operate(session, 1, "n", NoteType.append("k", "x"));
        Answer again = rows.operate(session, 1, "n", NoteType.append("k", "x"));
        assertThat(text(first)).isEqualTo("x");
        assertThat(text(again)).isEqualTo("x");
        assertThat(again.revision()).isEqualTo(first.revision());
        assertThat(rows.read("n", "k")).isEqualTo("x");
    }

    @Test
    void appliesNumbersThatComeOutOfOrder() {
        long session = rows.open();
        rows.apply(new Command.Operate(session, 3, 0, NoteType.ID, "n", NoteType.append("k", "3")));
        rows.apply(new Command.Operate(session, 1, 0, NoteType.ID, "n", NoteType.append("k", "1")));
        rows.apply(new Command.Operate(session, 3, 0, NoteType.ID, "n", NoteType.append("k", "3")));
        assertThat(rows.read("n", "k")).isEqualTo("31");
    }

    @Test
    void neverAppliesANumberThatTheSessionHasGivenUp() {
        long session = rows.open();
        rows.apply(new Command.Operate(session, 5, 4, NoteType.ID, "n", NoteType.append("k", "5")));
        Answer late = rows.apply(new Command.Operate(session, 3, 2, NoteType.ID, "n", NoteType.append("k", "3")));
        assertThat(late.status()).isEqualTo(Status.PASSED);
        assertThat(rows.read("n", "k")).isEqualTo("5");
    }

    @Test
    void keepsTheWindowInASnapshot() throws Exception {
        long session = rows.open();
        rows.operate(session, 1, "n", NoteType.append("k", "x"));
        Rows later = Rows.restored(rows.index, rows.snapshot());
        Answer again = later.operate(session, 1, "n", NoteType.append("k", "x"));
        assertThat(text(again)).isEqualTo("x");
        assertThat(later.read("n", "k")).isEqualTo("x");
    }

    /** Ratis' own retry cache forgets after 60 s, and with a snapshot (ratis.md F6). */
    @Test
    void answersARepetitionAsLongAsTheSessionLives() throws Exception {
        long session = rows.open();
        Answer first = rows.operate(session, 1, "n", NoteType.append("k", "x"));
        for (int i = 0; i < 20; i++) {
            rows.now += 9 * SECOND;
            rows.apply(new Command.KeepAlive(session, 0));
        }
        Rows later = Rows.restored(rows.index, rows.snapshot());
        later.now = rows.now;
        Answer again = later.operate(session, 1, "n", NoteType.append("k", "x"));
        assertThat(again.revision()).isEqualTo(first.revision());
        assertThat(later.read("n", "k")).isEqualTo("x");
        later.now += 10 * SECOND;
        assertThat(later.operate(session, 1, "n", NoteType.append("k", "x")).status())
                .as("after the session's end an error, never a second effect")
                .isEqualTo(Status.SESSION_GONE);
    }

    @Test
    void refusesMoreOpenAnswersThanTheWindowHolds() {
        long session = rows.open();
        for (int i = 1; i <= StateLimits.WINDOW; i++) {
            rows.apply(new Command.Operate(session, i, 0, NoteType.ID, "n", NoteType.set("k", "v")));
        }
        Answer full = rows.apply(
                new Command.Operate(session, StateLimits.WINDOW + 1, 0, NoteType.ID, "n", NoteType.set("k", "v")));
        assertThat(full.status()).isEqualTo(Status.FULL);
        Answer room = rows.apply(
                new Command.Operate(session, StateLimits.WINDOW + 1, 1, NoteType.ID, "n", NoteType.set("k", "v")));
        assertThat(room.status()).isEqualTo(Status.OK);
    }

    /** Without it, nothing would be acknowledged any more: the number that the others wait for could never be applied. */
    @Test
    void theOldestOpenNumberHasRoomHoweverManyBytesOfAnswersTheOthersHave() {
        long session = rows.open();
        String large = "x".repeat(900_000);
        for (int i = 2; i <= 11; i++) {
            rows.apply(new Command.Operate(session, i, 0, NoteType.ID, "n", NoteType.append("k" + i, large)));
        }
        Answer newest = rows.apply(new Command.Operate(session, 12, 0, NoteType.ID, "n", NoteType.append("k", "12")));
        assertThat(newest.status()).isEqualTo(Status.FULL);
        Answer oldest = rows.apply(new Command.Operate(session, 1, 0, NoteType.ID, "n", NoteType.append("k", "1")));
        assertThat(oldest.status()).isEqualTo(Status.OK);
        assertThat(rows.read("n", "k")).isEqualTo("1");
    }

    @Test
    void aCommandThatThrowsChangesNothing() {
        long session = rows.open();
        rows.operate(session, 1, "n", NoteType.set("k", "v"));
        for (int opcode : List.of(NoteType.FAIL, NoteType.REFUSE)) {
            Rows twin = new Rows();
            twin.open();
            twin.operate(session, 1, "n", NoteType.set("k", "v"));
            Answer answer = twin.operate(session, 2, "n", NoteType.failing(opcode, "k"));
            assertThat(answer.status()).isEqualTo(Status.REFUSED);
            assertThat(twin.read("n", "k")).isEqualTo("v");
            assertThat(twin.read("other", "k")).isEmpty();
            assertThat(twin.machine.digest().resources()).isEqualTo(1);
            assertThat(new ByteReader(twin.operate(session, 3, "n", NoteType.set("k", "w"))
                                    .payload())
                            .varlong())
                    .as("the token that was given in vain is given again")
                    .isEqualTo(2);
        }
    }

    @Test
    void theAnswerToADefectTellsNothingThatDiffersBetweenReplicas() {
        long session = rows.open();
        assertThat(rows.operate(session, 1, "n", NoteType.failing(NoteType.FAIL, "k"))
                        .words())
                .doesNotContain("IllegalState")
                .doesNotContain("unlucky");
    }

    @Test
    void refusesWhatItKnowsButTheGroupIsNotReadyFor() {
        Rows newer = new Rows(new NoteType() {
            @Override
            public Traits traits() {
                return new Traits(ID, "note", 2, LAST);
            }
        });
        long session = newer.open();
        byte[] operation = NoteType.set("k", "v");
        operation[1] = 2;
        Answer refused = newer.operate(session, 1, "n", operation);
        assertThat(refused.status()).isEqualTo(Status.REFUSED);
        assertThat(refused.words()).contains("feature level 2").contains("is at 1");
        assertThat(newer.read("n", "k")).isEmpty();
        newer.apply(new Command.Raise(2));
        assertThat(newer.operate(session, 2, "n", operation).status()).isEqualTo(Status.OK);
        assertThat(newer.read("n", "k")).isEqualTo("v");
    }

    @Test
    void stopsBeforeItAppliesWhatANewerBuildHasMade() {
        long session = rows.open();
        Digest before = rows.machine.digest();
        byte[] unknownOpcode =
                new Command.Operate(session, 1, 0, NoteType.ID, "n", new byte[] {NoteType.LAST + 1, 1}).encode();
        byte[] unknownVersion = new Command.Operate(session, 1, 0, NoteType.ID, "n", new byte[] {1, 2}).encode();
        byte[] unknownType = new Command.Operate(session, 1, 0, 77, "n", new byte[] {1, 1}).encode();
        byte[] unknownLevel = new Command.Raise(2).encode();
        for (byte[] command : List.of(
                unknownOpcode, unknownVersion, unknownType, unknownLevel, new byte[] {2, 1}, new byte[] {1, 99})) {
            assertThatThrownBy(() -> rows.machine.apply(rows.index + 1, rows.now + 100 * SECOND, command))
                    .isInstanceOf(NeedsUpgradeException.class)
                    .hasMessageStartingWith("NEEDS_UPGRADE");
            assertThat(rows.machine.digest()).isEqualTo(before);
        }
    }

    @Test
    void aSessionEndsOnlyByTheGroupsTime() {
        long session = rows.open();
        rows.operate(session, 1, "n", NoteType.set("held", "x", 0, true));
        rows.now += 10 * SECOND - 1;
        rows.machine.tick(rows.index, rows.now);
        assertThat(rows.read("n", "held")).isEqualTo("s" + session);
        rows.now += 1;
        rows.machine.tick(rows.index, rows.now);
        assertThat(rows.read("n", "held")).isEmpty();
        assertThat(rows.operate(session, 2, "n", NoteType.set("k", "v")).status())
                .isEqualTo(Status.SESSION_GONE);
    }

    @Test
    void everyCommandOfASessionKeepsItAlive() {
        long session = rows.open();
        for (int i = 1; i <= 5; i++) {
            rows.now += 9 * SECOND;
            rows.machine.tick(rows.index, rows.now);
            assertThat(rows.apply(new Command.KeepAlive(session, 0)).status()).isEqualTo(Status.OK);
        }
        assertThat(rows.machine.nextDeadline()).isLessThanOrEqualTo(rows.now + 10 * SECOND);
        rows.now += 9 * SECOND;
        assertThat(rows.operate(session, 1, "n", NoteType.set("k", "v")).status())
                .isEqualTo(Status.OK);
    }

    @Test
    void closingASessionEndsWhatItHolds() {
        long session = rows.open();
        rows.operate(session, 1, "n", NoteType.set("held", "x", 0, true));
        rows.apply(new Command.Close(session));
        assertThat(rows.read("n", "held")).isEmpty();
        assertThat(rows.machine.digest().rows())
                .as("all that is left is the marks")
                .isLessThanOrEqualTo(3);
    }

    @Test
    void aDeadlineIsDueInItsOrderAndNeverEarly() {
        long session = rows.open();
        rows.operate(session, 1, "n", NoteType.set("b", "x", 2 * SECOND, false));
        rows.operate(session, 2, "n", NoteType.set("a", "x", 1 * SECOND, false));
        long start = rows.now;
        assertThat(rows.machine.nextDeadline()).isEqualTo(start + SECOND);
        rows.now = start + SECOND - 1;
        rows.machine.tick(rows.index, rows.now);
        assertThat(rows.read("n", "a")).isEqualTo("x");
        rows.now = start + SECOND;
        rows.machine.tick(rows.index, rows.now);
        assertThat(rows.read("n", "a")).isEmpty();
        assertThat(rows.read("n", "b")).isEqualTo("x");
    }

    @Test
    void aNameCostsNothingOnceItHasNoRows() {
        long session = rows.open();
        Digest before = rows.machine.digest();
        for (int i = 0; i < 100; i++) {
            rows.operate(session, 2 * i + 1, "n" + i, NoteType.set("k", "v", SECOND, true));
            rows.operate(session, 2 * i + 2, "n" + i, NoteType.set("k", ""));
        }
        assertThat(rows.machine.digest().resources()).isZero();
        assertThat(rows.machine.digest().rows()).isLessThan(before.rows() + 110);
    }

    @Test
    void refusesAtEachLimitAndChangesNothing() {
        Rows small = new Rows(new StateLimits(2, 3, 100, 10_000, 2));
        long session = small.open();
        small.open();
        assertThat(small.apply(new Command.Open(SECOND, "third")).words()).contains("2 open sessions");
        for (int i = 1; i <= 3; i++) {
            assertThat(small.operate(session, i, "n", NoteType.set("k" + i, "v"))
                            .status())
                    .isEqualTo(Status.OK);
        }
        assertThat(small.operate(session, 4, "n", NoteType.set("k4", "v")).words())
                .contains("3 entries, its limit");
        assertThat(small.operate(session, 5, "n", NoteType.set("k1", "v".repeat(100)))
                        .words())
                .contains("100 bytes");
        assertThat(small.read("n", "k1")).isEqualTo("v");
        small.operate(session, 6, "m", NoteType.set("k", "v"));
        assertThat(small.operate(session, 7, "o", NoteType.set("k", "v")).words())
                .contains("2 named resources");
    }

    /** A lock that passes on when its holder is gone, an item that comes back: nobody could repeat it. */
    @Test
    void whatTimeDoesIsNotRefusedWhereAllNamesAreInUse() {
        NoteType moves = new NoteType() {
            @Override
            public void onDeadline(StateContext state, byte[] key) {
                state.sibling("late").put(key, key);
            }
        };
        Rows full = new Rows(moves, new StateLimits(2, 10, 1000, 10_000, 2));
        long session = full.open();
        full.operate(session, 1, "n", NoteType.set("k", "v", SECOND, false));
        full.operate(session, 2, "m", NoteType.set("k", "v"));
        full.now += 2 * SECOND;
        assertThat(full.operate(session, 3, "o", NoteType.set("k", "v")).words())
                .contains("2 named resources");
        assertThat(full.read("o", "k")).isEmpty();
        assertThat(full.read("late", "k")).isEqualTo("k");
    }

    @Test
    void toldEventsComeOnceAndInOrder() {
        long session = rows.open();
        long from = rows.operate(session, 1, "n", NoteType.set("a", "1")).revision();
        rows.operate(session, 2, "other", NoteType.set("a", "2"));
        rows.operate(session, 3, "n", NoteType.failing(NoteType.FAIL, "a"));
        rows.operate(session, 4, "n", NoteType.set("b", "3"));
        Poll poll = poll(Query.Watch.Start.REVISION, from);
        assertThat(poll.events())
                .extracting(event -> new String(event.payload(), StandardCharsets.UTF_8))
                .containsExactly("1", "3");
        assertThat(poll(Query.Watch.Start.EVENT, poll.next()).events()).isEmpty();
    }

    @Test
    void aWatcherIsToldWhenEventsAreForgotten() throws Exception {
        long session = rows.open();
        for (int i = 1; i <= 1100; i++) {
            rows.operate(session, i, "n", NoteType.set("a", "v"));
        }
        assertThat(poll(Query.Watch.Start.REVISION, 1).compacted()).isTrue();
        assertThat(poll(Query.Watch.Start.EVENT, 0).compacted()).isTrue();
        assertThat(poll(Query.Watch.Start.EVENT, 100).events()).hasSize(1000);
        Rows later = Rows.restored(rows.index, rows.snapshot());
        Query.Watch old = new Query.Watch(NoteType.ID, "n", Query.Watch.Start.REVISION, rows.index, new byte[0], null);
        assertThat(Poll.decode(later.ask(old).payload()).compacted()).isTrue();
    }

    private Poll poll(Query.Watch.Start start, long cursor) {
        return Poll.decode(rows.ask(new Query.Watch(NoteType.ID, "n", start, cursor, new byte[0], null))
                .payload());
    }

    @Test
    void isInspectedPageByPage() {
        long first = rows.open();
        long second = rows.open();
        for (int i = 1; i <= 5; i++) {
            rows.operate(first, i, "n" + i, NoteType.set("k", "v"));
        }
        rows.now += SECOND;
        rows.apply(new Command.KeepAlive(second, 0));
        Inspection page = inspect(new Query.Inspect(0, "", 0, 2));
        assertThat(page.digest().resources()).isEqualTo(5);
        assertThat(page.kinds()).hasSize(1);
        Inspection.Kind notes = page.kinds().get(0);
        assertThat(notes.more()).isTrue();
        assertThat(notes.used()).extracting(Inspection.Used::name).containsExactly("n1", "n2");
        assertThat(notes.used()).extracting(Inspection.Used::rows).containsOnly(1);
        assertThat(page.sessions())
                .extracting(Inspection.Resident::id, Inspection.Resident::quietNanos)
                .containsExactly(tuple(first, SECOND), tuple(second, 0L));
        assertThat(page.moreSessions()).isFalse();
        Inspection last = inspect(new Query.Inspect(NoteType.ID, "n3", first, 2));
        assertThat(last.kinds().get(0).used()).extracting(Inspection.Used::name).containsExactly("n4", "n5");
        assertThat(last.kinds().get(0).more()).isFalse();
        assertThat(last.sessions()).extracting(Inspection.Resident::id).containsExactly(second);
        assertThat(inspect(new Query.Inspect(NoteType.ID, "n5", second, 2)).kinds())
                .isEmpty();
    }

    private Inspection inspect(Query query) {
        return Inspection.decode(rows.ask(query).payload());
    }
}
