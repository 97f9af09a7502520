package io.holdfast.consensus.state;

import io.holdfast.core.cluster.ReplicatedLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Drives a machine by hand: each command takes the next index, the group's time is set by the test. */
final class Rows {
    final PrimitiveMachine machine;
    long index;
    long now = 1_000_000_000L;

    Rows() {
        this(StateLimits.standard());
    }

    Rows(StateLimits limits) {
        this(new NoteType(), limits);
    }

    Rows(NoteType type) {
        this(type, StateLimits.standard());
    }

    Rows(NoteType type, StateLimits limits) {
        this.machine = new PrimitiveMachine(List.of(type), limits, 1000);
    }

    Answer apply(Command command) {
        return Answer.decode(machine.apply(++index, now, command.encode()));
    }

    Answer applyBytes(byte[] command) {
        return Answer.decode(machine.apply(++index, now, command));
    }

    long open() {
        return apply(new Command.Open(10_000_000_000L, "node-a")).revision();
    }

    Answer operate(long session, long sequence, String name, byte[] operation) {
        return apply(new Command.Operate(session, sequence, sequence - 1, NoteType.ID, name, operation));
    }

    Answer ask(Query query) {
        return Answer.decode(machine.query(index, query.encode()));
    }

    /** The row's value as text; empty if there is none. */
    String read(String name, String key) {
        Answer answer = ask(new Query.Ask(NoteType.ID, name, NoteType.get(key)));
        return new String(answer.payload(), StandardCharsets.UTF_8);
    }

    byte[] snapshot() {
        try (ReplicatedLog.Capture capture = machine.capture()) {
            return written(capture);
        }
    }

    static byte[] written(ReplicatedLog.Capture capture) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            capture.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("a capture must be writable to memory", e);
        }
        return out.toByteArray();
    }

    static Rows restored(long index, byte[] snapshot) throws IOException {
        Rows rows = new Rows();
        rows.machine.restore(index, new ByteArrayInputStream(snapshot));
        rows.index = index;
        return rows;
    }
}
