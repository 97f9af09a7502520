package io.holdfast.examples.streaming.demo;

import io.holdfast.examples.streaming.json.Json;
import io.holdfast.examples.streaming.load.HttpAnswer;
import io.holdfast.examples.streaming.load.Shot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * People in front of the platform: eight of ten requests open the home page, one says how far somebody has watched, and one begins to play a title, which the nodes have to agree on. Each crosses at
 * least three services over the wire (home: auth, playback, recommendation; position and start: auth, catalog, playback). Knows what a correct answer is. Safe for use by many threads.
 */
final class Viewers {
    /** How many people watch. */
    static final int COUNT = 50;

    /** The kinds of requests. */
    static final String HOME = "home";

    static final String START = "start";
    static final String POSITION = "position";

    private static final int ROW = 10;
    private static final int PERIOD = 10;
    private static final int STARTS_AT = 4;
    private static final int POSITIONS_AT = 9;
    private static final int MAX_SECONDS = 80_000;

    private final List<String> tokens;
    private final Habits habits;
    private final Possessions possessions = new Possessions(this::token);
    private final AtomicLongArray acknowledged = new AtomicLongArray(COUNT);
    private final LongAdder personalised = new LongAdder();

    /** One token per viewer, the first for viewer-1. */
    Viewers(List<String> tokens, Habits habits) {
        this.habits = habits;
        this.tokens = List.copyOf(tokens);
    }

    static String name(int viewer) {
        return "viewer-" + (viewer + 1);
    }

    private static int titleOf(int viewer) {
        return 1 + viewer * 61;
    }

    /** Some titles are played by many, others by few; nobody's is the one whose positions are noted. */
    private static int playedBy(int viewer) {
        return 2 + 61 * (Integer.SIZE - Integer.numberOfLeadingZeros(viewer + 1));
    }

    String token(int viewer) {
        return tokens.get(viewer);
    }

    /** The n-th request. */
    Shot shot(long n) {
        int someone = (int) (n / PERIOD % COUNT);
        if (n % PERIOD == POSITIONS_AT) {
            return position(someone, (int) (1 + n / PERIOD / COUNT % MAX_SECONDS));
        } else if (n % PERIOD == STARTS_AT) {
            return start(someone);
        } else if (habits == Habits.OWNING && Possessions.isOne((int) (n % PERIOD))) {
            return possessions.shot((int) (n % PERIOD), n / PERIOD / COUNT, someone);
        }
        int viewer = (int) (n % COUNT);
        return Shot.of(HOME, "GET", "/home", tokens.get(viewer), answer -> home(answer, viewer));
    }

    private Shot start(int viewer) {
        int title = playedBy(viewer);
        String path = "/playback/" + title + "/start";
        return Shot.of(START, "POST", path, tokens.get(viewer), answer -> {
                    if (answer.status() != 200) {
                        return Optional.of(path + " was answered with " + answer.status() + " " + text(answer));
                    }
                    return Json.read(answer.body()).at("title").number() == title
                            ? Optional.empty()
                            : Optional.of(path + " was answered with " + text(answer));
                })
                .asWrite();
    }

    private Shot position(int viewer, int seconds) {
        int title = titleOf(viewer);
        String path = "/playback/" + title + "/position?seconds=" + seconds;
        return Shot.of(POSITION, "POST", path, tokens.get(viewer), answer -> {
            if (answer.status() != 200) {
                return Optional.of(path + " was answered with " + answer.status() + " " + text(answer));
            }
            Json page = Json.read(answer.body());
            if (page.at("title").number() != title || page.at("seconds").number() != seconds) {
                return Optional.of(path + " was answered with " + text(answer));
            }
            acknowledged.accumulateAndGet(viewer, seconds, Math::max);
            return Optional.empty();
        });
    }

    private Optional<String> home(HttpAnswer answer, int viewer) {
        Optional<String> wrong = wrongWithHome(answer, viewer);
        if (wrong.isEmpty() && !Json.read(answer.body()).at("fallback").isTrue()) {
            personalised.increment();
        }
        return wrong;
    }

    /** How many home pages came with picks for their user. */
    long personalised() {
        return personalised.sum();
    }

    static Optional<String> wrongWithHome(HttpAnswer answer, int viewer) {
        if (answer.status() != 200) {
            return Optional.of("/home was answered with " + answer.status() + " " + text(answer));
        }
        Json page = Json.read(answer.body());
        if (!page.at("user").string().equals(Optional.of(name(viewer)))) {
            return Optional.of("/home of " + name(viewer) + " is a page for "
                    + page.at("user").string().orElse("nobody"));
        }
        if (!isRow(page.at("recommended")) || !isRow(page.at("popular"))) {
            return Optional.of("/home has not " + ROW + " recommended and " + ROW + " popular titles: " + text(answer));
        }
        boolean crossed = page.at("servedBy").at("auth").string().isPresent()
                && page.at("servedBy").at("playback").string().isPresent();
        return crossed ? Optional.empty() : Optional.of("/home does not say who served it: " + text(answer));
    }

    private static boolean isRow(Json row) {
        List<Json> titles = row.elements();
        return titles.size() == ROW
                && titles.stream()
                        .allMatch(title -> title.at("id").number() > 0
                                && title.at("name").string().isPresent());
    }

    private static String text(HttpAnswer answer) {
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    /** How many viewers had a position acknowledged. */
    int positions() {
        int positions = 0;
        for (int viewer = 0; viewer < COUNT; viewer++) {
            positions += acknowledged.get(viewer) > 0 ? 1 : 0;
        }
        return positions;
    }

    /** Whether a home page shows the last acknowledged position of a viewer, or a later one that was never acknowledged. */
    boolean remembers(int viewer, byte[] home) {
        long last = acknowledged.get(viewer);
        return last == 0
                || Json.read(home).at("continueWatching").elements().stream()
                        .anyMatch(one -> one.at("title").at("id").number() == titleOf(viewer)
                                && one.at("seconds").number() >= last);
    }
}
