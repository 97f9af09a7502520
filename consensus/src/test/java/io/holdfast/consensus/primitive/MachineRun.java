package io.holdfast.consensus.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.Command;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.Query;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** One machine with all types, driven command by command. */
final class MachineRun {
    private static final String NAME = "x";

    private final Map<Long, Long> sequences = new HashMap<>();
    private PrimitiveMachine machine = machine();
    private long index;
    private long now = 1;

    private static PrimitiveMachine machine() {
        return new PrimitiveMachine(Consensus.types(), StateLimits.standard());
    }

    private Answer apply(Command command) {
        return Answer.decode(machine.apply(++index, now, command.encode()));
    }

    void raise(int level) {
        apply(new Command.Raise(level));
    }

    long open() {
        long session = apply(new Command.Open(Command.MAX_TTL_NANOS, "n")).revision();
        sequences.put(session, 0L);
        return session;
    }

    void close(long session) {
        apply(new Command.Close(session));
    }

    Answer operate(long session, int type, byte[] operation) {
        long sequence = sequences.merge(session, 1L, Long::sum);
        return apply(new Command.Operate(session, sequence, sequence - 1, type, NAME, operation));
    }

    byte[] done(long session, int type, byte[] operation) {
        Answer answer = operate(session, type, operation);
        assertThat(answer.status()).isEqualTo(Answer.Status.OK);
        return answer.payload();
    }

    byte[] ask(int type, byte[] question) {
        Answer answer = Answer.decode(machine.query(index, new Query.Ask(type, NAME, question).encode()));
        assertThat(answer.status()).isEqualTo(Answer.Status.OK);
        return answer.payload();
    }

    /** The state becomes that of a new group. */
    void beginAnew(long jump) {
        machine.beginAnew(jump);
        index = machine.census().revision();
    }

    long index() {
        return index;
    }

    long now() {
        return now;
    }

    void pass(long nanos) {
        now += nanos;
        machine.tick(index, now);
    }

    long rows() {
        return machine.digest().rows();
    }

    byte[] snapshot() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ReplicatedLog.Capture capture = machine.capture()) {
            capture.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** What a replica answers to something else than a question to a primitive. */
    byte[] ask(Query question) {
        return machine.query(index, question.encode());
    }

    /** Goes on from a snapshot. */
    void restart() {
        PrimitiveMachine next = machine();
        try {
            next.restore(index, new ByteArrayInputStream(snapshot()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(next.digest()).isEqualTo(machine.digest());
        machine = next;
    }
}
