package io.holdfast.consensus.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.Command;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.Query;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

class MapTypeProperties {
    private PrimitiveMachine machine = machine();
    private long index;
    private long now = 1;
    private long session;
    private long sequence;

    private static PrimitiveMachine machine() {
        return new PrimitiveMachine(List.of(new MapType()), StateLimits.standard());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Answer apply(Command command) {
        return Answer.decode(machine.apply(++index, now, command.encode()));
    }

    private MapChange.Outcome write(MapCondition condition, MapChange change) {
        Answer answer = apply(new Command.Operate(
                session, ++sequence, sequence - 1, MapType.ID, "m", MapType.write(condition, change)));
        return MapChange.Outcome.decode(new ByteReader(answer.payload()));
    }

    private MapPage all() {
        Query.Ask ask = new Query.Ask(MapType.ID, "m", MapType.range(new byte[0], null, 1000));
        return MapPage.decode(
                new ByteReader(Answer.decode(machine.query(index, ask.encode())).payload()));
    }

    /** What the oracle knows of a key. */
    private record Kept(long created, long modified, long version, long endsAt, String value) {}

    /** A plain map with the rules written down a second time. */
    private static final class Oracle {
        final TreeMap<String, Kept> keys = new TreeMap<>();

        void expire(long now) {
            keys.values().removeIf(kept -> kept.endsAt <= now);
        }

        boolean holds(MapCondition condition, @Nullable Kept kept) {
            return switch (condition.kind()) {
                case ALWAYS -> true;
                case ABSENT -> kept == null;
                case PRESENT -> kept != null;
                case VERSION -> kept != null && kept.version == condition.number();
                case REVISION -> kept != null && kept.modified == condition.number();
                case VALUE -> kept != null && kept.value.equals(new String(condition.value(), StandardCharsets.UTF_8));
            };
        }

        void put(String key, String value, long revision, long endsAt) {
            Kept old = keys.get(key);
            keys.put(
                    key,
                    new Kept(
                            old == null ? revision : old.created,
                            revision,
                            old == null ? 1 : old.version + 1,
                            endsAt,
                            value));
        }

        String text() {
            return keys.entrySet().stream()
                    .map(e -> e.getKey() + "=" + e.getValue().value + "/" + e.getValue().created + "/"
                            + e.getValue().modified + "/" + e.getValue().version)
                    .collect(Collectors.joining(" "));
        }
    }

    private static String text(MapPage page) {
        return page.rows().stream()
                .map(row -> new String(row.key(), StandardCharsets.UTF_8) + "="
                        + new String(row.entry().value(), StandardCharsets.UTF_8) + "/"
                        + row.entry().created() + "/"
                        + row.entry().modified() + "/" + row.entry().version())
                .collect(Collectors.joining(" "));
    }

    @Property(tries = 200)
    void doesWhatAPlainMapDoes(@ForAll long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Oracle oracle = new Oracle();
        machine = machine();
        index = 0;
        now = 1;
        sequence = 0;
        session = apply(new Command.Open(Command.MAX_TTL_NANOS, "test")).revision();
        for (int i = 0; i < 150; i++) {
            now += random.nextLong(1000);
            oracle.expire(now);
            step(random, oracle);
            assertThat(text(all())).as("seed %d, step %d", seed, i).isEqualTo(oracle.text());
            if (random.nextInt(40) == 0) {
                restart();
            }
        }
    }

    private void step(SplittableRandom random, Oracle oracle) {
        String key = "k" + random.nextInt(6);
        String value = "v" + random.nextInt(3);
        Kept kept = oracle.keys.get(key);
        MapCondition condition = switch (random.nextInt(6)) {
            case 0 -> MapCondition.ABSENT;
            case 1 -> MapCondition.PRESENT;
            case 2 -> MapCondition.version(kept == null ? 1 : kept.version + random.nextInt(2));
            case 3 -> MapCondition.revision(kept == null ? 1 : kept.modified - random.nextInt(2));
            case 4 -> MapCondition.value(utf8("v" + random.nextInt(3)));
            default -> MapCondition.ALWAYS;
        };
        long ttl = random.nextInt(3) == 0 ? 1 + random.nextLong(5000) : 0;
        boolean put = random.nextInt(3) > 0;
        boolean holds = oracle.holds(condition, kept);
        MapChange change = put
                ? new MapChange(MapChange.Kind.PUT, utf8(key), utf8(value), ttl, false)
                : MapChange.remove(utf8(key));
        MapChange.Outcome outcome = write(condition, change);
        assertThat(outcome.applied()).isEqualTo(holds && (put || kept != null));
        if (holds && put) {
            oracle.put(key, value, index, ttl == 0 ? Long.MAX_VALUE : now + ttl);
        } else if (holds) {
            oracle.keys.remove(key);
        }
    }

    private void restart() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ReplicatedLog.Capture capture = machine.capture()) {
            capture.writeTo(out);
        }
        long hash = machine.digest().hash();
        machine = machine();
        machine.restore(index, new ByteArrayInputStream(out.toByteArray()));
        assertThat(machine.digest().hash()).isEqualTo(hash);
    }

    @Property(tries = 500)
    void noOperationDoesHarm(@ForAll byte[] payload, @ForAll long seed) {
        machine = machine();
        index = 0;
        sequence = 0;
        session = apply(new Command.Open(Command.MAX_TTL_NANOS, "test")).revision();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] good = MapType.write(
                MapCondition.version(3), new MapChange(MapChange.Kind.PUT, utf8("k"), utf8("v"), 5, true));
        if (payload.length > 0) {
            good[2 + random.nextInt(good.length - 2)] = payload[0];
        }
        byte[] raw = new byte[payload.length + 2];
        System.arraycopy(payload, 0, raw, 2, payload.length);
        raw[0] = (byte) random.nextInt(6);
        raw[1] = 1;
        for (byte[] operation : List.of(good, raw)) {
            apply(new Command.Operate(session, ++sequence, sequence - 1, MapType.ID, "m", operation));
            Answer.decode(machine.query(index, new Query.Ask(MapType.ID, "m", operation).encode()));
        }
        assertThat(write(MapCondition.ALWAYS, MapChange.put(utf8("k"), utf8("v")))
                        .applied())
                .isTrue();
    }

    @Example
    void operationsKeepTheirBytes() {
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(MapType.write(
                        MapCondition.version(300), new MapChange(MapChange.Kind.PUT, utf8("k"), utf8("v"), 300, true))))
                .isEqualTo("01010" + "3ac0200" + "00016b0176ac0201");
        assertThat(hex.formatHex(MapType.write(MapCondition.value(utf8("v")), MapChange.remove(utf8("k")))))
                .isEqualTo("0101" + "05000176" + "01016b");
        assertThat(hex.formatHex(MapType.transact(new MapTransaction(
                        List.of(new MapTransaction.Compare("a", utf8("k"), MapCondition.ABSENT)),
                        List.of(new MapTransaction.Step("b", MapChange.put(utf8("k"), utf8("v")))),
                        List.of(new MapTransaction.Step("a", MapChange.read(utf8("k"))))))))
                .isEqualTo("0201" + "01" + "0161" + "016b" + "010000" + "01" + "0162" + "00016b01760000" + "01" + "0161"
                        + "02016b");
        assertThat(hex.formatHex(MapType.get(utf8("k")))).isEqualTo("0301016b");
        assertThat(hex.formatHex(MapType.range(utf8("a"), utf8("b"), 300)))
                .isEqualTo("0401" + "0161" + "01" + "0162" + "ac02");
        assertThat(hex.formatHex(MapType.size())).isEqualTo("0501");
        assertThat(hex.formatHex(new MapEntry(300, 301, 2, true, 5, utf8("v")).encode()))
                .isEqualTo("ac02ad02020105" + "76");
    }
}
