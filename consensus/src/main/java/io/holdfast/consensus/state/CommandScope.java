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
    private final long bytesBefore;
    private final int namesBefore;
    private final TreeMap<String, ResourceState> touched = new TreeMap<>();
    private final List<EventRing.Entry> events = new ArrayList<>(2);

    CommandScope(State state, Moment moment, long session) {
        this.state = state;
        this.moment = moment;
        this.session = session;
        this.bytesBefore = state.store().bytes();
        this.namesBefore = state.catalogue().size();
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

    /** The command has succeeded, unless it has brought the state over a limit. */
    List<EventRing.Entry> finish() {
        checkLimits();
        touched.values().forEach(ResourceState::finish);
        checkNames();
        if (!events.isEmpty()) {
            Marks.EVENT.write(state.store(), Marks.EVENT.read(state.store()) + events.size());
        }
        return events;
    }

    /** What gives something back is never refused: not what time and the end of a session do, nor a session's command after which there is no more than before. Otherwise what is full would stay so. */
    private void checkLimits() {
        if (session == 0) {
            return;
        }
        StateLimits limits = state.limits();
        touched.values().forEach(resource -> resource.checkLimits(limits));
        long bytes = state.store().bytes();
        if (bytes > limits.groupBytes() && bytes > bytesBefore) {
            throw new Refusal("the group has " + limits.groupBytes()
                    + " bytes, its limit; remove some entries, or put some names into another group");
        }
    }

    /** When the names that the command has emptied are gone. */
    private void checkNames() {
        int names = state.catalogue().size();
        int limit = state.limits().resources();
        if (session != 0 && names > limit && names > namesBefore) {
            throw new Refusal("the group has " + limit
                    + " named resources, its limit, so none can be made; remove some, or use another group");
        }
    }
}
