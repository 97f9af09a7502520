package io.holdfast.consensus.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.core.cluster.JournalSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The journal beside a plain list, through snapshots. */
class JournalTypeProperties {
    private record Line(long offset, String key, String value) {}

    private final MachineRun run = new MachineRun();
    private final long session = run.open();
    private final List<Line> lines = new ArrayList<>();
    private long end = 1;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private JournalAppend.Result append(List<JournalAppend.Condition> conditions, List<JournalAppend.Entry> entries) {
        return JournalAppend.Result.decode(
                run.done(session, JournalType.ID, JournalType.append(new JournalAppend(conditions, entries))));
    }

    private long lastOf(String key) {
        return lines.stream()
                .filter(each -> each.key.equals(key))
                .mapToLong(Line::offset)
                .max()
                .orElse(0);
    }

    private void appendSome(SplittableRandom random, boolean compacts) {
        List<JournalAppend.Entry> entries = new ArrayList<>();
        String guarded = "k" + random.nextInt(4);
        long expects = random.nextBoolean() ? lastOf(guarded) : random.nextInt(20);
        boolean holds = expects == lastOf(guarded);
        List<Line> added = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            String key = random.nextInt(5) == 0 ? "" : "k" + random.nextInt(4);
            String value = random.nextInt(6) == 0 ? "" : "v" + random.nextInt(100);
            entries.add(new JournalAppend.Entry(bytes(key), bytes(value)));
            added.add(new Line(end + added.size(), key, value));
        }
        JournalAppend.Result result = append(
                List.of(new JournalAppend.Condition(JournalAppend.Condition.LAST_OF_KEY, bytes(guarded), expects)),
                entries);
        assertThat(result.outcome()).isEqualTo(holds ? 0 : JournalAppend.Result.CONFLICT);
        assertThat(result.found()).isEqualTo(holds ? 0 : lastOf(guarded));
        if (holds) {
            assertThat(result.first()).isEqualTo(end);
            end += added.size();
            for (Line each : added) {
                if (compacts && !each.key.isEmpty()) {
                    lines.removeIf(old -> old.key.equals(each.key));
                }
                lines.add(each);
            }
        }
    }

    private void check(SplittableRandom random) {
        long from = random.nextInt((int) end + 2);
        int limit = 1 + random.nextInt(6);
        JournalPage page = JournalPage.decode(run.ask(JournalType.ID, JournalType.read(from, limit, 100_000)));
        assertThat(page.end()).isEqualTo(end);
        assertThat(page.oldest()).isEqualTo(lines.isEmpty() ? end : lines.get(0).offset);
        assertThat(read(page))
                .isEqualTo(lines.stream()
                        .filter(each -> each.offset >= from)
                        .limit(limit)
                        .toList());
        String key = "k" + random.nextInt(4);
        List<Line> newestFirst = new ArrayList<>();
        long before = Long.MAX_VALUE;
        do {
            JournalPage part = JournalPage.decode(
                    run.ask(JournalType.ID, JournalType.readKey(bytes(key), before, limit, 100_000)));
            newestFirst.addAll(read(part));
            before = part.next();
        } while (before > 0);
        List<Line> expected = new ArrayList<>(
                lines.stream().filter(each -> each.key.equals(key)).toList());
        Collections.reverse(expected);
        assertThat(newestFirst).isEqualTo(expected);
        JournalStatus status = JournalStatus.decode(run.ask(JournalType.ID, JournalType.status()));
        assertThat(status.records()).isEqualTo(lines.size());
        assertThat(status.bytes())
                .isEqualTo(lines.stream()
                        .mapToLong(each -> each.key.length() + each.value.length() + 64)
                        .sum());
    }

    private static List<Line> read(JournalPage page) {
        return page.records().stream()
                .map(row -> new Line(
                        row.offset(),
                        text(row.record().key()),
                        text(row.record().value())))
                .toList();
    }

    @Property(tries = 60)
    void aJournalIsAListWithOffsetsThroughTrimsCompactionAndSnapshots(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        run.raise(JournalType.LEVEL);
        boolean compacts = random.nextBoolean();
        JournalSettings settings = compacts ? JournalSettings.keepLastOfEachKey() : JournalSettings.keepNewest();
        run.done(session, JournalType.ID, JournalType.configure(settings.withTombstones(Duration.ofHours(1))));
        for (int step = 0; step < 50; step++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    long before = random.nextInt((int) end + 2);
                    lines.removeIf(each -> each.offset < before);
                    long oldest = new ByteReader(run.done(session, JournalType.ID, JournalType.trim(before))).varlong();
                    assertThat(oldest).isEqualTo(lines.isEmpty() ? end : lines.get(0).offset);
                }
                case 1 -> run.restart();
                default -> appendSome(random, compacts);
            }
            check(random);
        }
    }

    @Test
    void hostileBytesAreRefusedAndLeaveNothingBehind() {
        run.raise(JournalType.LEVEL);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 3000; i++) {
            byte[] bytes = new byte[2 + random.nextInt(24)];
            random.nextBytes(bytes);
            bytes[0] = (byte) random.nextInt(new JournalType().traits().lastOpcode() + 1);
            bytes[1] = JournalType.LEVEL;
            assertThat(run.operate(session, JournalType.ID, bytes).status())
                    .isIn(Answer.Status.OK, Answer.Status.REFUSED);
        }
        run.restart();
    }

    @Test
    void offsetsGoOnBehindAllThatTheOldGroupMayHaveGivenAndWhatWasInTheBackupStaysWhereItWas() {
        run.raise(JournalType.LEVEL);
        append(List.of(), List.of(new JournalAppend.Entry(bytes("k"), bytes("a"))));
        run.beginAnew(1L << 32);
        long anew = run.open();
        byte[] operation = JournalType.append(
                new JournalAppend(List.of(), List.of(new JournalAppend.Entry(bytes("k"), bytes("b")))));
        assertThat(JournalAppend.Result.decode(run.done(anew, JournalType.ID, operation))
                        .first())
                .isEqualTo(2 + (1L << 32));
        JournalPage page =
                JournalPage.decode(run.ask(JournalType.ID, JournalType.readKey(bytes("k"), Long.MAX_VALUE, 9, 1000)));
        assertThat(page.records()).extracting(JournalPage.Row::offset).containsExactly(2 + (1L << 32), 1L);
    }
}
