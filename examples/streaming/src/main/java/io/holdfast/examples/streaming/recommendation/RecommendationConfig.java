package io.holdfast.examples.streaming.recommendation;

import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * How the recommendation service behaves.
 *
 * @param chaos whether it is slow and failing at times
 */
public record RecommendationConfig(
        @Default("false")
        @Doc(
                "Makes the service misbehave at times: of every ten seconds it fails half of its calls for two, and answers 400 ms late for two.")
        boolean chaos) {}
