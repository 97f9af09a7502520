package io.holdfast.consensus.state;

import java.util.List;

/** What time, and the end of a session, do to resources, each with its own power to undo. For the thread that applies. */
final class Consequences {
    /** So many expiries are done at once; the others wait for the next command or tick. */
    private static final int MAX_EXPIRIES = 10_000;

    private final CommandScope.State state;
    private final Types types;
    private final Attempts attempts;

    Consequences(CommandScope.State state, Types types, Attempts attempts) {
        this.state = state;
        this.types = types;
        this.attempts = attempts;
    }

    /** What is done to a resource. */
    interface Consequence {
        void run(PrimitiveType type, StateContext resource);
    }

    /** Ends what is due, in the order (deadline, table, key). */
    void expire(Moment moment) {
        for (int i = 0; i < MAX_EXPIRIES; i++) {
            Deadlines.Due due = state.deadlines().poll(moment.logNanos());
            if (due == null) {
                return;
            }
            state.store().keep();
            if (due.table() == Tables.SESSIONS) {
                expireSession(moment, new ByteReader(due.key()).fixed64());
            } else {
                on(moment, due.table(), (type, resource) -> type.onDeadline(resource, due.key()));
            }
        }
    }

    private void expireSession(Moment moment, long session) {
        Sessions.Known known = state.sessions().find(session);
        if (known != null && known.endsNanos() > moment.logNanos()) {
            state.deadlines().set(Tables.SESSIONS, Tables.key(session), known.endsNanos());
            state.store().keep();
        } else {
            end(moment, session);
        }
    }

    /** Ends a session, if it is open. */
    void end(Moment moment, long session) {
        Sessions.Known known = state.sessions().find(session);
        if (known != null) {
            List<Long> holding = state.sessions().close(session, known);
            state.store().keep();
            for (long resource : holding) {
                on(moment, resource, (type, rows) -> type.onSessionClosed(rows, session));
            }
        }
    }

    private void on(Moment moment, long resource, Consequence consequence) {
        Catalogue.Owner owner = state.catalogue().owner(resource);
        if (owner != null) {
            on(moment, owner, consequence);
        }
    }

    Answer on(Moment moment, Catalogue.Owner owner, Consequence consequence) {
        return attempts.attempt(moment, 0, (scope, answer) -> {
            PrimitiveType type = types.get(owner.type());
            consequence.run(type, scope.resource(owner.type(), owner.name()));
            return Answer.Status.OK;
        });
    }
}
