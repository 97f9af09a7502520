package io.holdfast.consensus.session;

import io.holdfast.consensus.state.Event;
import java.util.List;

/** Who follows a resource. Called one call after the other. */
public interface Watcher {
    /** The watching of what happens from now on has begun: what is read after this, together with the events that follow, is whole. Not called if a revision was given to begin at. */
    default void onBegin() {}

    /**
     * Something has happened.
     *
     * @param events the events, in order, at least one
     */
    void onEvents(List<Event> events);

    /**
     * Events may be missing before this one. What is read at this revision or later, together with the events that follow, is whole again.
     *
     * @param revision the revision
     */
    void onCompacted(long revision);
}
