package io.holdfast.consensus.state;

import java.util.ArrayList;
import java.util.List;

/** Makes of a restored state that of a new group; see {@link PrimitiveMachine#beginAnew}. */
record Renewal(CommandScope.State state, Types types, Consequences consequences) {
    /** At a moment that is ahead already. */
    void run(Moment moment, long jump) {
        StateStore store = state.store();
        Marks.TOKEN.write(store, Math.addExact(Marks.TOKEN.read(store), jump));
        Marks.EVENT.write(store, Math.addExact(Marks.EVENT.read(store), jump));
        store.keep();
        numbers(Tables.SESSIONS).forEach(session -> consequences.end(moment, session));
        for (long resource : numbers(Tables.RESOURCES)) {
            Catalogue.Owner owner = state.catalogue().owner(resource);
            if (owner != null) {
                renew(moment, owner, jump);
            }
        }
    }

    private void renew(Moment moment, Catalogue.Owner owner, long jump) {
        Answer answer = consequences.on(moment, owner, (type, rows) -> type.onRestored(rows, jump));
        if (answer.status() != Answer.Status.OK) {
            throw new IllegalStateException(
                    "the " + types.name(owner.type()) + " " + owner.name() + " cannot begin anew: " + answer.words());
        }
    }

    /** The keys of a table whose keys are numbers. */
    private List<Long> numbers(long table) {
        List<Long> found = new ArrayList<>();
        state.store().scan(table, Tables.NOTHING, null, row -> found.add(new ByteReader(row.key()).fixed64()));
        return found;
    }
}
