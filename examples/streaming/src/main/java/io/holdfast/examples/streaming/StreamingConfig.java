package io.holdfast.examples.streaming;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.examples.streaming.auth.AuthConfig;
import io.holdfast.examples.streaming.recommendation.RecommendationConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The keys under {@code streaming.}
 *
 * @param roles what this node does
 * @param catalogTtl how old a cached title may be
 * @param nightlyEvery how long one nightly count is away from the next
 * @param stopWithParent whether the node stops when its standard input ends
 * @param trouble what is wrong with services
 * @param auth how users prove who they are
 * @param recommendation how the recommendation service behaves
 */
public record StreamingConfig(
        @Default("gateway, auth, catalog, recommendation, playback") @Doc("What this node does: any subset.")
        List<Role> roles,

        @Default("30s") @Doc("How old a title may be that a caller of the catalogue has cached.")
        Duration catalogTtl,

        @Default("24h") @Doc("How long one nightly count of the plays is away from the next.")
        Duration nightlyEvery,

        @Default("false")
        @Doc("Stops the node when its standard input ends, so that it does not outlive who started it.")
        boolean stopWithParent,

        @Doc(
                "A YAML file that says what is wrong with which service, looked at all the time: recommendation: {latency: 3s, failures: 20%}, playback: {per-second: 100}. For demonstrations.")
        Optional<Path> trouble,

        AuthConfig auth,
        RecommendationConfig recommendation) {
    /** Checks the roles. */
    public StreamingConfig {
        Check.that(!roles.isEmpty(), "streaming.roles is empty; name at least one of %s", List.of(Role.values()));
        Check.positive("streaming.catalog-ttl", catalogTtl);
        Check.positive("streaming.nightly-every", nightlyEvery);
        roles = List.copyOf(roles);
    }
}
