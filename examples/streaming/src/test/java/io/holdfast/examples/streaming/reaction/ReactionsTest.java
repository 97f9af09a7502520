package io.holdfast.examples.streaming.reaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** On nodes that have no group of replicas at all. */
class ReactionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static HoldfastNode node(String name, String... seeds) {
        return Holdfast.node(name)
                .set("holdfast.replication.enabled", "true")
                .seeds(seeds)
                .start()
                .awaitReady(LIMIT);
    }

    @Test
    void countsAndAnswersWithoutAnyOtherNodeAndOnceForWhoeverLikesATitleOnTwo() {
        try (HoldfastNode one = node("one")) {
            Reactions here = new Reactions(one.crdts());
            here.like(7, "ann");
            here.like(7, "bob");
            here.viewed(7);
            assertThat(here.of(7, "ann")).isEqualTo(new Reaction(1, 2, true));
            try (HoldfastNode two = node("two", one.address().toString())) {
                Reactions there = new Reactions(two.crdts());
                there.like(7, "ann"); // may not have heard of the one
                there.like(7, "cid");
                there.viewed(7);
                await().atMost(LIMIT).until(() -> here.of(7, "cid").equals(new Reaction(2, 3, true)));
                await().atMost(LIMIT).until(() -> there.of(7, "dan").equals(new Reaction(2, 3, false)));
                here.unlike(7, "ann");
                await().atMost(LIMIT).until(() -> there.of(7, "ann").equals(new Reaction(2, 2, false)));
            }
        }
    }
}
