package io.holdfast.consensus.state;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** One command, question or expiry while it runs: what it touches, and the events that go out if it succeeds. */
final class CommandScope {
    /** The parts of the state that a scope works on. */
    record State(StateStore store, Deadlines deadlines, Sessions sessions, Catalogue catalogue, StateLimits limits) {}

    private final State state;
    private final Moment moment;
    private final long session;
    private final TreeMap<String, ResourceState> touched = new TreeMap<>();
    private final List<EventRing.Entry> events = new ArrayList<>(2);

    CommandScope(State state, Moment moment, long session) {
        this.state = state;
        this.moment = moment;
        this.session = session;
    }

    State state() {
        return state;
    }

    long revision() {
        return moment.revision();
    }

    long logNanos() {
        return moment.logNanos();
    }

    long session() {
        return session;
    }

    /** A scope stays within one type, so the name says it all. */
    ResourceState resource(int type, String name) {
        ResourceState known = touched.get(name);
        if (known == null) {
            checkName(name);
            known = new ResourceState(this, type, name, state.catalogue().find(type, name));
            touched.put(name, known);
        }
        return known;
    }

    private static void checkName(String name) {
        if (name.isEmpty() || name.length() > StateLimits.MAX_NAME) {
            throw new Refusal("a name (" + name.length() + " characters) must have 1 to " + StateLimits.MAX_NAME
                    + " bytes of UTF-8; change it");
        }
    }

    void emit(EventRing.Entry event) {
        events.add(event);
    }

    /** The command has succeeded. */
    List<EventRing.Entry> finish() {
        touched.values().forEach(ResourceState::finish);
        if (!events.isEmpty()) {
            Marks.EVENT.write(state.store(), Marks.EVENT.read(state.store()) + events.size());
        }
        return events;
    }
}
