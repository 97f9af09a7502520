package io.holdfast.replication.saga;

import io.holdfast.core.Check;
import java.util.Optional;

/**
 * Which sagas of a shard are asked for.
 *
 * @param status only these, or all
 * @param definition only this kind, or all
 * @param after ids greater than this; empty for the first
 * @param limit how many at most, 1 to 1,000
 */
public record SagaQuery(Optional<SagaView.Status> status, Optional<String> definition, String after, int limit) {
    /**
     * Validates the limit.
     *
     * @param status as the component
     * @param definition as the component
     * @param after as the component
     * @param limit as the component
     * @throws IllegalArgumentException if the limit is out of bounds
     */
    public SagaQuery {
        Check.between("limit of a listing", limit, 1, 1000);
    }

    /**
     * The first thousand.
     *
     * @return the query
     */
    public static SagaQuery all() {
        return new SagaQuery(Optional.empty(), Optional.empty(), "", 1000);
    }

    /**
     * The same for one status.
     *
     * @param value the status
     * @return a copy
     */
    public SagaQuery withStatus(SagaView.Status value) {
        return new SagaQuery(Optional.of(value), definition, after, limit);
    }

    /**
     * The same, further on.
     *
     * @param value the last id that was seen
     * @return a copy
     */
    public SagaQuery withAfter(String value) {
        return new SagaQuery(status, definition, value, limit);
    }

    boolean takes(SagaView view) {
        return status.map(view.status()::equals).orElse(true)
                && definition.map(view.definition()::equals).orElse(true);
    }
}
