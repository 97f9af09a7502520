package io.holdfast.examples.streaming.demo;

import io.holdfast.examples.streaming.json.Json;
import io.holdfast.examples.streaming.load.HttpAnswer;
import io.holdfast.examples.streaming.load.Shot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;

/** Requests for what each viewer has, and what a correct answer to them is: nothing that was acknowledged is ever missing. Safe for use by many threads. */
final class Possessions {
    /** The kinds of requests. */
    static final String CART = "cart";

    static final String SESSION = "session";

    /** After so many rounds a viewer checks out. */
    private static final int ROUNDS = 20;

    private static final int ADDS_AT = 1;
    private static final int BEATS_AT = 3;
    private static final int LOOKS_AT = 6;
    private static final String DEVICE = "?device=tv";

    private final Function<Integer, String> tokens;
    /** How many changes of each cart were acknowledged. */
    private final AtomicLongArray changes = new AtomicLongArray(Viewers.COUNT);

    Possessions(Function<Integer, String> tokens) {
        this.tokens = tokens;
    }

    /** Whether the n-th of ten requests is one of these. */
    static boolean isOne(int nth) {
        return List.of(ADDS_AT, BEATS_AT, LOOKS_AT).contains(nth);
    }

    /** The n-th of ten requests in a round of all viewers. */
    Shot shot(int nth, long round, int viewer) {
        int step = (int) (round % ROUNDS);
        return switch (nth) {
            case ADDS_AT ->
                step == ROUNDS - 1
                        ? cart(viewer, "POST", "/checkout").asWrite()
                        : cart(viewer, "POST", "/cart/" + (1 + 61 * step)).asWrite();
            case BEATS_AT -> session(viewer, step, (int) round);
            default -> cart(viewer, "GET", "/cart");
        };
    }

    private Shot cart(int viewer, String method, String path) {
        long before = changes.get(viewer);
        return Shot.of(CART, method, path, tokens.apply(viewer), answer -> {
            if (answer.status() != 200) {
                return Optional.of(path + " was answered with " + text(answer));
            }
            long now = Json.read(answer.body()).at("changes").number();
            if (now < before) {
                return Optional.of("the cart of " + Viewers.name(viewer) + " has had " + now + " changes, but " + before
                        + " were acknowledged before");
            }
            changes.accumulateAndGet(viewer, now, Math::max);
            return Optional.empty();
        });
    }

    private Shot session(int viewer, int step, int seconds) {
        String path = step == 0 ? "/session/" + (1 + 61 * viewer) + DEVICE : "/beat" + DEVICE + "&seconds=" + seconds;
        return Shot.of(
                        SESSION,
                        "POST",
                        path,
                        tokens.apply(viewer),
                        answer -> answer.status() == 200
                                ? Optional.empty()
                                : Optional.of(path + " was answered with " + text(answer)))
                .asWrite();
    }

    private static String text(HttpAnswer answer) {
        String text = answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8);
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }
}
