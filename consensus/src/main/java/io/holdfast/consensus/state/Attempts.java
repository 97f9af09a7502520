package io.holdfast.consensus.state;

import io.holdfast.core.CodecException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what changes the state, each with the power to undo. For the thread that applies. */
final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    private final CommandScope.State state;
    private final EventRing events;

    Attempts(CommandScope.State state, EventRing events) {
        this.state = state;
        this.events = events;
    }

    /** What is done. */
    interface Step {
        Answer.Status run(CommandScope scope, ByteWriter answer);
    }

    Answer attempt(Moment moment, long session, Step step) {
        CommandScope scope = new CommandScope(state, moment, session);
        ByteWriter answer = new ByteWriter(32);
        try {
            Answer.Status status = step.run(scope, answer);
            scope.finish().forEach(events::add);
            state.store().keep();
            return new Answer(status, moment.revision(), answer.toBytes());
        } catch (Throwable failure) {
            state.store().undo();
            return Answer.refused(moment.revision(), words(failure));
        }
    }

    /** The same on every replica: of exceptions that are not meant, not even the message can be relied on. */
    static String words(Throwable failure) {
        if (failure instanceof VirtualMachineError || failure instanceof LinkageError) {
            throw (Error) failure;
        }
        if (failure instanceof NeedsUpgradeException needs) {
            throw needs;
        }
        if (failure instanceof Refusal refusal) {
            return refusal.words();
        }
        if (failure instanceof CodecException) {
            return "the operation was malformed: " + failure.getMessage();
        }
        LOG.debug("an operation failed", failure);
        return "the operation failed by a defect in its type and changed nothing; the debug log of a replica tells more";
    }
}
