package io.holdfast.examples.streaming.playback;

import io.holdfast.core.env.WallClock;
import io.holdfast.examples.streaming.catalog.Title;

/** What the buttons of a player do. Safe for use by many threads. */
public final class Player {
    private static final int SECONDS_A_MINUTE = 60;
    private static final double FINISHED = 0.95;

    private final PlaybackOwners owners;
    private final WallClock clock;

    /**
     * Makes a player.
     *
     * @param owners keep the positions
     * @param clock orders the writes
     */
    public Player(PlaybackOwners owners, WallClock clock) {
        this.owners = owners;
        this.clock = clock;
    }

    /**
     * Begins or goes on.
     *
     * @param user the user's name
     * @param title the title
     * @return where to go on from, in seconds; 0 at the first time and after the title was watched to its end
     */
    public int start(String user, Title title) {
        int resumeAt = owners.history(user).watched().stream()
                .filter(one -> one.title() == title.id() && !one.finished())
                .mapToInt(Watched::seconds)
                .findFirst()
                .orElse(0);
        note(user, title, resumeAt, false);
        return resumeAt;
    }

    /**
     * Notes how far the user is.
     *
     * @param user the user's name
     * @param title the title
     * @param seconds the position
     */
    public void position(String user, Title title, int seconds) {
        note(user, title, seconds, false);
    }

    /**
     * Ends watching. Near the end the title counts as finished.
     *
     * @param user the user's name
     * @param title the title
     * @param seconds the position
     */
    public void stop(String user, Title title, int seconds) {
        boolean atTheEnd = title.minutes() > 0 && seconds >= title.minutes() * SECONDS_A_MINUTE * FINISHED;
        note(user, title, seconds, atTheEnd);
    }

    private void note(String user, Title title, int seconds, boolean finished) {
        owners.note(user, new Watched(title.id(), seconds, finished, clock.now().toEpochMilli()));
    }
}
