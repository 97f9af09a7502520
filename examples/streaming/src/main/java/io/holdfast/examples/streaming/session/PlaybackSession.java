package io.holdfast.examples.streaming.session;

import java.util.Optional;

/** What one user watches now; its key is the user's name. One film at a time: whoever begins on another device takes the session over. */
public interface PlaybackSession {
    /**
     * Begins to watch, in place of what was watched before.
     *
     * @param title the title's id
     * @param device on which device
     * @return the session
     */
    NowPlaying begin(int title, String device);

    /**
     * The player goes on.
     *
     * @param device the player
     * @param seconds how far it is
     * @return the session; empty if it has ended, or another device has it: the player stops then
     */
    Optional<NowPlaying> beat(String device, int seconds);

    /**
     * What is watched.
     *
     * @return the session, or empty
     */
    Optional<NowPlaying> current();
}
