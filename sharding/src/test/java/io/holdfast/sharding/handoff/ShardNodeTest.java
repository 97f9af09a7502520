package io.holdfast.sharding.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import io.holdfast.sharding.map.ShardRules;
import io.holdfast.sharding.map.ShardTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Single steps of the protocol; how they play together is for {@link HandoffSimTest}. */
class ShardNodeTest {
    private static final Host A = new Host(NodeId.of("a"), 1);
    private static final Host B = new Host(NodeId.of("b"), 1);
    private static final Address AT_A = Address.of("127.0.0.1", 1);
    private static final Address AT_B = Address.of("127.0.0.1", 2);
    private static final ShardingConfig CONFIG = ShardingConfig.lan().withShards(8);
    private static final ShardTerms TERMS = new ShardTerms(Duration.ofMillis(300), 1);
    private static final ShardMap FOUNDED = ShardMap.empty("entities", 8).founded(ShardRules.NONE, TERMS);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Outbox<ShardMessage, ShardTimer, ShardEvent> out = new Outbox<>();
    private final ShardNode node = new ShardNode("entities", A, CONFIG, 1, new HandoffRules());

    private List<ShardEvent> read(long began, long known, Optional<ShardMap> map) {
        return request(new ShardRequest.MapRead(began, known, map), began + 1000);
    }

    private List<ShardEvent> request(ShardRequest request, long now) {
        out.clear();
        node.onRequest(request, now, out);
        return List.copyOf(out.events());
    }

    @Test
    void theLeaseIsThatOfTheMapWhateverTheNodeWasStartedWith() {
        assertThat(read(5, 0, Optional.of(FOUNDED))).contains(new ShardEvent.Leased(5 + 300_000_000L));
    }

    @Test
    void noLeaseIsRenewedByARowThatIsMissingOrOlderThanTheMapThatWasKnown() {
        assertThat(read(5, 0, Optional.empty())).noneMatch(ShardEvent.Leased.class::isInstance);
        ShardMap later = FOUNDED.with(Map.of(0, Ownership.NONE.takenBy(B)));
        read(5, 0, Optional.of(later));
        assertThat(read(10, 2, Optional.of(FOUNDED)))
                .noneMatch(ShardEvent.Leased.class::isInstance)
                .contains(new ShardEvent.WentBack(2, 1));
        assertThat(read(20, 2, Optional.empty()))
                .noneMatch(ShardEvent.Leased.class::isInstance)
                .contains(new ShardEvent.WentBack(2, 0));
        assertThat(read(30, 1, Optional.of(FOUNDED)))
                .as("begun before the later map was known")
                .anyMatch(ShardEvent.Leased.class::isInstance);
    }

    /** Leads, with all shards of its own, and b there. */
    private void lead(long now) {
        node.onStart(0, out);
        request(
                new ShardRequest.MembersSeen(
                        List.of(
                                new Neighbour(new ShardMember(A, "", 100, Set.of(), false), AT_A),
                                new Neighbour(new ShardMember(B, "", 100, Set.of(), false), AT_B)),
                        Set.of()),
                now);
        request(new ShardRequest.LeaderSeen(Optional.of(A.node())), now);
        Ownership own = Ownership.NONE.takenBy(A);
        Map<Integer, Ownership> all =
                IntStream.range(0, 8).boxed().collect(Collectors.toMap(shard -> shard, shard -> own));
        read(now, 0, Optional.of(FOUNDED.with(all)));
    }

    private Optional<ShardEvent.CommitMap> commit() {
        return out.events().stream()
                .filter(ShardEvent.CommitMap.class::isInstance)
                .map(ShardEvent.CommitMap.class::cast)
                .findFirst();
    }

    private Optional<ShardMap> tick(long now) {
        out.clear();
        node.onTimer(new ShardTimer.Tick(), now, out);
        return commit().map(ShardEvent.CommitMap::next);
    }

    @Test
    void aTargetThatNeverGetsReadyGivesItsPlaceToOthers() {
        lead(10 * SECOND);
        ShardEvent.CommitMap begun = commit().orElseThrow();
        assertThat(begun.next().shards().stream().filter(own -> own.target().equals(Optional.of(B))))
                .hasSize(3);
        request(new ShardRequest.MapCommitted(begun.number(), ShardRequest.Outcome.APPLIED), 10 * SECOND);
        assertThat(tick(12 * SECOND)).as("it may still get ready").isEmpty();
        read(20 * SECOND, 3, Optional.of(node.map()));
        ShardMap without = commit().orElseThrow().next();
        assertThat(without.shards()).allMatch(own -> own.target().isEmpty());
        assertThat(without.shards()).allMatch(own -> own.epoch().equals(new Epoch(1)));
    }

    @Test
    void whatWasDecidedIsToldWhenItStandsInTheTable() {
        lead(10 * SECOND);
        ShardEvent.CommitMap begun = commit().orElseThrow();
        assertThat(out.events()).noneMatch(event -> decided(event, "shard-"));
        request(new ShardRequest.MapCommitted(begun.number(), ShardRequest.Outcome.REFUSED), 10 * SECOND);
        assertThat(out.events()).noneMatch(event -> decided(event, "shard-"));
        read(11 * SECOND, 2, Optional.of(node.map()));
        ShardEvent.CommitMap again = commit().orElseThrow();
        request(new ShardRequest.MapCommitted(again.number(), ShardRequest.Outcome.APPLIED), 11 * SECOND);
        assertThat(out.events()).anyMatch(event -> decided(event, "shard-"));
    }

    @Test
    void aNodeThatDoesNotReachTheMapOffersNothingUntilItDoes() {
        read(0, 0, Optional.of(FOUNDED));
        assertThat(ticks(0, 30)).noneMatch(ShardEvent.Able.class::isInstance);
        assertThat(ticks(30, 40)).contains(new ShardEvent.Able(false));
        read(4 * SECOND, 1, Optional.of(FOUNDED));
        assertThat(ticks(41, 42)).contains(new ShardEvent.Able(true));
    }

    @Test
    void aNodeThatWasStoppedDoesNotTakeItForAnOutage() {
        read(0, 0, Optional.of(FOUNDED));
        assertThat(ticks(0, 2)).noneMatch(ShardEvent.Able.class::isInstance);
        assertThat(ticks(100, 101)).noneMatch(ShardEvent.Able.class::isInstance);
    }

    /** What is told at each tenth of a second from one to another. */
    private List<ShardEvent> ticks(int first, int end) {
        List<ShardEvent> told = new ArrayList<>();
        for (int tenth = first; tenth < end; tenth++) {
            tick(tenth * SECOND / 10);
            told.addAll(out.events());
        }
        return told;
    }

    private static boolean decided(ShardEvent event, String subject) {
        return event instanceof ShardEvent.Decided decided && decided.subject().startsWith(subject);
    }
}
