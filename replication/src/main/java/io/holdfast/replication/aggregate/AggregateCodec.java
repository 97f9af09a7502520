package io.holdfast.replication.aggregate;

import io.holdfast.core.CodecException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import io.holdfast.replication.aggregate.AggregateRecord.Happened;
import io.holdfast.replication.aggregate.AggregateRecord.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How records of aggregates become bytes: {@code [kind u8: 1 event, 2 snapshot]}; then of an event the command's id and its number, and of a snapshot the number of events and the ids of the last commands; then
 * {@code [name][version][bytes]} of the event or state.
 */
final class AggregateCodec<S, E> implements TypeCodec<AggregateRecord<S, E>> {
    static final int MAX_COMMANDS = 1000;
    static final int MAX_ID_BYTES = 255;

    private static final int EVENT = 1;
    private static final int SNAPSHOT = 2;

    private final Schema<E> events;
    private final Schema<S> states;

    AggregateCodec(Schema<E> events, Schema<S> states) {
        this.events = events;
        this.states = states;
    }

    @Override
    public byte[] encode(@Nullable AggregateRecord<S, E> value) {
        WireWriter out = new WireWriter();
        if (value instanceof Happened<S, E> happened) {
            out.u8(EVENT);
            out.text(happened.command());
            out.number(happened.number());
            write(events.encode(happened.event()), out);
        } else if (value instanceof Snapshot<S, E> snapshot) {
            out.u8(SNAPSHOT);
            out.number(snapshot.events());
            out.number(snapshot.commands().size());
            snapshot.commands().forEach(out::text);
            write(states.encode(snapshot.state()), out);
        } else {
            throw new CodecException("a log of aggregates takes events and snapshots, not null; use erase");
        }
        return out.bytes();
    }

    private static void write(Schema.Stored stored, WireWriter out) {
        out.text(stored.name());
        out.number(stored.version());
        out.bytes(stored.bytes());
    }

    @Override
    public AggregateRecord<S, E> decode(byte[] bytes) {
        try {
            WireReader in = new WireReader("record of an aggregate", bytes);
            int kind = in.u8("kind");
            if (kind == EVENT) {
                String command = in.text("command", MAX_ID_BYTES);
                long number = in.number("number");
                return new Happened<>(events.decode(read(in)), command, number);
            }
            if (kind == SNAPSHOT) {
                long count = in.number("events");
                List<String> commands = new ArrayList<>();
                for (int left = in.number("commands", MAX_COMMANDS); left > 0; left--) {
                    commands.add(in.text("command", MAX_ID_BYTES));
                }
                return new Snapshot<>(states.decode(read(in)), count, commands);
            }
            throw new CodecException(
                    "a record of an aggregate has kind " + kind + ", this build knows 1 and 2; upgrade this node");
        } catch (ProtocolException e) {
            throw new CodecException("a record of an aggregate is malformed: " + e.getMessage(), e);
        }
    }

    private static Schema.Stored read(WireReader in) {
        return new Schema.Stored(
                in.text("name", 1_000), in.number("version", 10_000), in.bytes("value", JournalRules.MAX_APPEND_BYTES));
    }
}
