package io.holdfast.examples.streaming.session;

import io.holdfast.core.NodeId;
import io.holdfast.entity.OnReminder;
import io.holdfast.entity.Reminders;
import io.holdfast.entity.ShardedEntity;
import io.holdfast.sharding.entity.EntityState;
import java.time.Duration;
import java.util.Optional;

/** A session, on the node that owns its shard. */
@ShardedEntity(value = "playback-session", idle = "5m")
public final class PlaybackSessionEntity implements PlaybackSession {
    private static final String SILENCE = "silence";
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(30);

    /**
     * What is stored.
     *
     * @param title the title's id
     * @param device on which device
     * @param seconds how far the film is
     * @param beats how often the player has told so
     */
    public record Film(int title, String device, int seconds, long beats) {}

    private final EntityState<Film> state;
    private final Reminders reminders;
    private final String node;

    /**
     * Brings a session to life.
     *
     * @param state what is watched
     * @param reminders ends it
     * @param node the node on which it lives
     */
    public PlaybackSessionEntity(EntityState<Film> state, Reminders reminders, NodeId node) {
        this.state = state;
        this.reminders = reminders;
        this.node = node.value();
    }

    @Override
    public NowPlaying begin(int title, String device) {
        return keep(new Film(title, device, 0, 0));
    }

    @Override
    public Optional<NowPlaying> beat(String device, int seconds) {
        return state.get()
                .filter(film -> film.device().equals(device))
                .map(film -> keep(new Film(film.title(), device, seconds, film.beats() + 1)));
    }

    @Override
    public Optional<NowPlaying> current() {
        return state.get().map(this::view);
    }

    private NowPlaying keep(Film film) {
        state.set(film);
        reminders.remind(SILENCE, LONGEST_SILENCE);
        return view(film);
    }

    private NowPlaying view(Film film) {
        return new NowPlaying(film.title(), film.device(), film.seconds(), film.beats(), node);
    }

    /**
     * The player has been silent for too long.
     *
     * @param reminder the reminder's name
     */
    @OnReminder
    void silent(String reminder) {
        state.clear();
    }
}
