package io.holdfast.consensus.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.primitive.PermitType.Acquire;
import io.holdfast.consensus.primitive.PermitType.Stage;
import io.holdfast.consensus.primitive.PermitType.Status;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a backup brings into a new group, and what it does not. */
class BeginAnewTest {
    private static final long JUMP = 1L << 32;
    private static final int LOCK = PermitType.LOCK.id();
    private static final byte[] KEY = bytes("k");

    private final MachineRun run = new MachineRun();
    private final long old = run.open();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long number(byte[] answer) {
        return new ByteReader(answer).varlong();
    }

    private Status acquire(long session, long claim, long wait) {
        return Status.decode(run.done(session, LOCK, new Acquire(claim, 1, 1, wait, KEY).encode()));
    }

    private long revision(MapChange change, long session) {
        Answer answer = run.operate(session, MapType.ID, MapType.write(MapCondition.ALWAYS, change));
        assertThat(answer.status()).isEqualTo(Answer.Status.OK);
        return answer.revision();
    }

    @Test
    void allSessionsEndAndNoNewOneHasTheNumberOfAnOldOne() {
        run.beginAnew(JUMP);
        assertThat(run.operate(old, CounterType.ID, CounterType.add(1, 0, 9)).status())
                .isEqualTo(Answer.Status.SESSION_GONE);
        assertThat(run.open()).isGreaterThan(old + JUMP);
    }

    @Test
    void locksAreFreeAndTheirTokensAreLargerThanAnyThatIsOut() {
        long token = acquire(old, 1, 0).token();
        long waiter = run.open();
        assertThat(acquire(waiter, 2, Long.MAX_VALUE).stage()).isEqualTo(Stage.WAITING);
        run.beginAnew(JUMP);
        Status next = acquire(run.open(), 3, 0);
        assertThat(next.stage()).isEqualTo(Stage.GRANTED);
        assertThat(next.token()).isGreaterThan(token + JUMP);
    }

    @Test
    void entriesStayWithTheirRevisionsEphemeralOnesGoAndNewRevisionsAreLarger() {
        long revision = revision(MapChange.put(KEY, bytes("v")), old);
        revision(new MapChange(MapChange.Kind.PUT, bytes("e"), bytes("v"), 0, true), old);
        run.beginAnew(JUMP);
        MapPage page = MapPage.decode(new ByteReader(run.ask(MapType.ID, MapType.range(new byte[0], null, 10))));
        assertThat(page.rows()).hasSize(1);
        assertThat(page.rows().get(0).key()).isEqualTo(KEY);
        assertThat(page.rows().get(0).entry().modified()).isEqualTo(revision);
        assertThat(revision(MapChange.put(KEY, bytes("w")), run.open())).isGreaterThan(revision + JUMP);
    }

    @Test
    void aTimeToLiveGoesOnInTheGroupsTime() {
        revision(new MapChange(MapChange.Kind.PUT, KEY, bytes("v"), 1_000, false), old);
        run.pass(400);
        run.beginAnew(JUMP);
        run.pass(599);
        assertThat(number(run.ask(MapType.ID, MapType.size()))).isEqualTo(1);
        run.pass(1);
        assertThat(number(run.ask(MapType.ID, MapType.size()))).isZero();
    }

    @Test
    void numbersThatWereGivenSinceAreNotGivenAgain() {
        long first = number(run.done(old, IdType.ID, IdType.reserve(100)));
        assertThat(first).isEqualTo(1);
        run.beginAnew(JUMP);
        assertThat(number(run.done(run.open(), IdType.ID, IdType.reserve(1)))).isEqualTo(101 + JUMP);
    }

    @Test
    void aReaderOfATopicMissesNoMessageThatComesAfterTheRestoration() {
        for (String message : List.of("a", "b", "c")) {
            run.done(old, TopicType.ID, TopicType.append(bytes(message), 2));
        }
        run.beginAnew(JUMP);
        run.done(run.open(), TopicType.ID, TopicType.append(bytes("d"), 9));
        long lost = 57; // read in the old group, and not in the backup
        TopicType.Page page = TopicType.Page.decode(run.ask(TopicType.ID, TopicType.read(lost, 10)));
        assertThat(page.first()).isEqualTo(1 + JUMP);
        assertThat(page.values()).containsExactly(bytes("b"), bytes("c"), bytes("d"));
    }

    @Test
    void countersAndQueuesGoOnWhereTheyWere() {
        run.done(old, CounterType.ID, CounterType.add(7, 0, 100));
        long item = number(run.done(old, QueueType.ID, QueueType.put(bytes("x"), 10, 3)));
        run.beginAnew(JUMP);
        long session = run.open();
        assertThat(CounterType.Change.decode(run.done(session, CounterType.ID, CounterType.add(1, 0, 100)))
                        .after())
                .isEqualTo(8);
        assertThat(QueueType.Item.decode(run.done(session, QueueType.ID, QueueType.take(1_000)))
                        .id())
                .isEqualTo(item);
    }
}
