package io.holdfast.admin;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.state.Inspection;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.Query;
import io.holdfast.core.Check;
import io.holdfast.transport.http.HttpRequest;
import java.util.List;
import java.util.stream.Collectors;

/** Which part of a group's state is to be shown: {@code ?type=lock&after=name&after-session=7&limit=20}. */
final class ConsensusQuery {
    private static final List<PrimitiveType> TYPES = Consensus.types();
    private static final String USUAL = "20";

    private ConsensusQuery() {}

    /** Throws {@link IllegalArgumentException} with the rule that a parameter breaks. */
    static Query.Inspect of(HttpRequest request) {
        String after = request.query("after").orElse("");
        String type = request.query("type").orElse("");
        Check.that(
                after.isEmpty() || !type.isEmpty(),
                "after (%s) must come with type=, for names are in order within their type",
                after);
        return new Query.Inspect(
                type.isEmpty() ? 0 : idOf(type),
                after,
                number("after-session", request.query("after-session").orElse("0"), 0, Long.MAX_VALUE - 1),
                (int) number("limit", request.query("limit").orElse(USUAL), 1, Inspection.MAX_PAGE));
    }

    private static int idOf(String name) {
        return TYPES.stream()
                .filter(type -> type.name().equals(name))
                .mapToInt(PrimitiveType::id)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("type (" + name + ") must be one of "
                        + TYPES.stream().map(PrimitiveType::name).collect(Collectors.joining(", "))));
    }

    private static long number(String name, String text, long min, long max) {
        try {
            return Check.between(name, Long.parseLong(text), min, max);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " (" + text + ") must be a whole number", e);
        }
    }
}
