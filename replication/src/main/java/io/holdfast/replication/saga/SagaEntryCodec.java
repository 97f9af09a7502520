package io.holdfast.replication.saga;

import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/** The bytes of entries: {@code [version u8]} and then, for each entry, {@code [at][epoch][node][count][records]}; a record is {@code [tag u8][fields]}. Tags and fields are for ever; new records get new tags. */
final class SagaEntryCodec {
    static final int MAX_BYTES = 256 << 10;
    static final int MAX_DETAIL = 500;
    private static final int VERSION = 1;
    private static final int MAX_RECORDS = 2_000;
    private static final int MAX_TEXT = 64 << 10;

    private SagaEntryCodec() {}

    static byte[] encode(List<SagaEntry> entries) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        for (SagaEntry entry : entries) {
            out.number(Math.max(0, entry.atMillis()));
            out.number(entry.epoch());
            out.text(entry.node());
            out.number(entry.records().size());
            entry.records().forEach(record -> RecordWriter.write(record, out));
        }
        return out.bytes();
    }

    /** Throws {@link io.holdfast.core.ProtocolException} if the bytes are none, or of a newer layout. */
    static List<SagaEntry> decode(byte[] bytes) {
        WireReader in = new WireReader("history of a saga", bytes);
        in.version("layout", VERSION);
        List<SagaEntry> entries = new ArrayList<>();
        while (in.hasMore()) {
            long at = in.number("time");
            long epoch = in.number("epoch");
            String node = in.text("node", MAX_TEXT);
            List<SagaRecord> records = new ArrayList<>();
            for (int left = in.count("records", MAX_RECORDS); left > 0; left--) {
                records.add(RecordReader.read(in));
            }
            entries.add(new SagaEntry(at, epoch, node, records));
        }
        return entries;
    }

    /** The writing half. */
    private static final class RecordWriter {
        static void write(SagaRecord record, WireWriter out) {
            if (record instanceof SagaRecord.Started started) {
                out.u8(1);
                out.text(started.definition());
                out.number(started.version());
                out.text(started.structure());
                out.bytes(started.input());
                out.number(Math.max(0, started.deadlineMillis()));
                out.text(started.trace());
            } else if (record instanceof SagaRecord.Attempted attempted) {
                head(2, attempted.step(), attempted.direction(), out);
                out.number(attempted.attempt());
            } else if (record instanceof SagaRecord.Succeeded succeeded) {
                head(3, succeeded.step(), succeeded.direction(), out);
                out.bytes(succeeded.result());
            } else if (record instanceof SagaRecord.Failed failed) {
                head(4, failed.step(), failed.direction(), out);
                out.u8(failed.failure().ordinal());
                out.number(Math.max(0, failed.retryAtMillis()));
                out.text(failed.detail());
            } else {
                writeRare(record, out);
            }
        }

        private static void writeRare(SagaRecord record, WireWriter out) {
            if (record instanceof SagaRecord.Waiting waiting) {
                out.u8(5);
                out.text(waiting.step());
                out.number(Math.max(0, waiting.dueMillis()));
            } else if (record instanceof SagaRecord.Woke woke) {
                out.u8(6);
                out.text(woke.step());
            } else if (record instanceof SagaRecord.Signalled signalled) {
                out.u8(7);
                out.text(signalled.step());
                out.bytes(signalled.payload());
            } else if (record instanceof SagaRecord.ChildStarted child) {
                out.u8(8);
                out.text(child.step());
                out.bytes(child.input());
            } else if (record instanceof SagaRecord.Turned turned) {
                out.u8(9);
                out.u8(turned.cause().ordinal());
                out.text(turned.detail());
            } else if (record instanceof SagaRecord.Parked parked) {
                head(10, parked.step(), parked.direction(), out);
                out.text(parked.detail());
            } else if (record instanceof SagaRecord.Resolved resolved) {
                head(11, resolved.step(), resolved.direction(), out);
                out.u8(resolved.how().ordinal());
                out.bytes(resolved.result());
                out.text(resolved.by());
            } else if (record instanceof SagaRecord.Ended ended) {
                writeEnded(ended, out);
            }
        }

        private static void writeEnded(SagaRecord.Ended ended, WireWriter out) {
            out.u8(12);
            out.u8(ended.outcome().ordinal());
            out.text(ended.detail());
            out.text(ended.definition());
            out.number(ended.version());
            out.number(Math.max(0, ended.startedMillis()));
            out.bytes(ended.digest());
            out.bytes(ended.result());
        }

        private static void head(int tag, String step, Direction direction, WireWriter out) {
            out.u8(tag);
            out.text(step);
            out.u8(direction.ordinal());
        }
    }

    /** The reading half. */
    private static final class RecordReader {
        static SagaRecord read(WireReader in) {
            int tag = in.u8("kind of record");
            return switch (tag) {
                case 1 ->
                    new SagaRecord.Started(
                            text(in, "definition"),
                            version(in),
                            text(in, "structure"),
                            bytes(in, "input"),
                            in.number("deadline"),
                            text(in, "trace"));
                case 2 -> new SagaRecord.Attempted(step(in), direction(in), in.number("attempt", Integer.MAX_VALUE));
                case 3 -> new SagaRecord.Succeeded(step(in), direction(in), bytes(in, "result"));
                case 4 ->
                    new SagaRecord.Failed(
                            step(in),
                            direction(in),
                            one(in, "failure", SagaRecord.Failure.values()),
                            in.number("time of the retry"),
                            text(in, "detail"));
                case 5 -> new SagaRecord.Waiting(step(in), in.number("due"));
                case 6 -> new SagaRecord.Woke(step(in));
                case 7 -> new SagaRecord.Signalled(step(in), bytes(in, "payload"));
                case 8 -> new SagaRecord.ChildStarted(step(in), bytes(in, "input"));
                case 9 -> new SagaRecord.Turned(one(in, "cause", SagaRecord.Cause.values()), text(in, "detail"));
                case 10 -> new SagaRecord.Parked(step(in), direction(in), text(in, "detail"));
                case 11 ->
                    new SagaRecord.Resolved(
                            step(in),
                            direction(in),
                            one(in, "resolution", SagaRecord.Resolution.values()),
                            bytes(in, "result"),
                            text(in, "operator"));
                case 12 -> ended(in);
                default ->
                    throw in.broken(
                            "kind of record (" + tag + ") must be 1 to 12; a newer version wrote it: update this node");
            };
        }

        private static SagaRecord ended(WireReader in) {
            return new SagaRecord.Ended(
                    one(in, "outcome", SagaRecord.Outcome.values()),
                    text(in, "detail"),
                    text(in, "definition"),
                    version(in),
                    in.number("start"),
                    bytes(in, "digest"),
                    bytes(in, "result"));
        }

        private static int version(WireReader in) {
            return in.number("version", Integer.MAX_VALUE);
        }

        private static String step(WireReader in) {
            return text(in, "step");
        }

        private static Direction direction(WireReader in) {
            return one(in, "direction", Direction.values());
        }

        private static String text(WireReader in, String what) {
            return in.text(what, MAX_TEXT);
        }

        private static byte[] bytes(WireReader in, String what) {
            return in.bytes(what, MAX_BYTES);
        }

        private static <E> E one(WireReader in, String what, E[] values) {
            int ordinal = in.u8(what);
            if (ordinal >= values.length) {
                throw in.broken(what + " (" + ordinal + ") must be less than " + values.length);
            }
            return values[ordinal];
        }
    }
}
