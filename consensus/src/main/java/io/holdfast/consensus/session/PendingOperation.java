package io.holdfast.consensus.session;

import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.Command;
import io.holdfast.core.Deadline;
import java.util.concurrent.CompletableFuture;

/** An operation until its caller knows its outcome. Fields change under the session's lock, or by the one who sends it, one after the other. */
final class PendingOperation {
    final int type;
    final String name;
    final byte[] operation;
    final Deadline deadline;
    /** The only session in which it may be done, or 0. */
    final long only;

    final CompletableFuture<Answer> result = new CompletableFuture<>();
    long session;
    long sequence;
    long sentNanos;
    int attempts;
    /** An attempt ended without an answer: it may have been applied. */
    boolean doubtful;

    PendingOperation(int type, String name, byte[] operation, Deadline deadline, long only) {
        this.type = type;
        this.name = name;
        this.operation = operation;
        this.deadline = deadline;
        this.only = only;
    }

    /** Whether it may be done in this session. */
    boolean belongsTo(long id) {
        return only == 0 || only == id;
    }

    byte[] command(long acked) {
        return new Command.Operate(session, sequence, acked, type, name, operation).encode();
    }

    /** The level that brought it: its version. */
    int featureLevel() {
        return operation.length < 2 ? 1 : operation[1] & 0xff;
    }

    String describe() {
        return "an operation on " + name;
    }
}
