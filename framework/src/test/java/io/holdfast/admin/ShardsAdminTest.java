package io.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.NodeId;
import io.holdfast.sharding.hot.HotReport;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import io.holdfast.sharding.map.ShardRules;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import io.holdfast.transport.http.HttpRouter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardsAdminTest {
    private static final NodeId N1 = NodeId.of("n1");
    private static final NodeId N2 = NodeId.of("n2");
    private static final NodeId N3 = NodeId.of("n3");
    private static final List<ShardMember> BOTH = List.of(member(N1, false), member(N2, false));
    private static final HotReport HOT = new HotReport(
            List.of(new HotReport.HotKey("cart/7", 3, 12.5, 0.5)), List.of(new HotReport.HotShard(3, 20)));

    private static ShardMember member(NodeId node, boolean leaving) {
        return new ShardMember(new Host(node, 1), "z1", 100, Set.of(), leaving);
    }

    /** Four shards: 0 of nobody, 1 of n1, 2 of n1 on its way to n2, 3 of a node that is gone. */
    private static ShardMap map() {
        Ownership first = Ownership.NONE.takenBy(new Host(N1, 1));
        return ShardMap.empty("shards", 4)
                .with(Map.of(
                        1, first,
                        2, first.preparing(new Host(N2, 1)),
                        3, Ownership.NONE.takenBy(new Host(N3, 1))));
    }

    private static ShardMap with(ShardRules rules) {
        return map().withRules(rules);
    }

    @Test
    void thePageShowsOwnersSharesRulesWhatIsPlannedAndWhatIsHot() {
        ShardMap map = with(new ShardRules(true, Map.of(1, N1), Set.of(N3), Set.of()));
        String page = ShardsPage.all(map, BOTH, 5, HOT).toString();
        assertThat(page)
                .startsWith("{\"enabled\":true,\"space\":\"shards\",\"revision\":2,\"entitiesInMemoryHere\":5,"
                        + "\"paused\":true,\"pins\":{\"1\":\"n1\"},\"bans\":[\"n3\"],\"requires\":[],")
                .contains("{\"node\":\"n1\",\"shards\":1,\"share\":2.0,\"low\":1,\"high\":3,\"against\":null,"
                        + "\"zone\":\"z1\",\"weight\":100,\"leaving\":false}")
                .contains("\"reason\":\"nobody\",\"why\":\"nobody owns it\"")
                .contains("{\"shard\":3,\"from\":\"n3\"", "\"why\":\"n3 (run 1) is no member any more\"")
                .contains("\"morePlanned\":0,\"homeless\":[],\"moreHomeless\":0")
                .contains(
                        "\"hotHere\":{\"keys\":[{\"key\":\"cart/7\",\"shard\":3,\"perSecond\":12.5,\"atMostTooHighBy\":0.5}],"
                                + "\"shards\":[{\"shard\":3,\"perSecond\":20.0}]}")
                .contains("{\"shard\":2,\"owner\":\"n1\",\"epoch\":1,\"movingTo\":\"n2\"}")
                .contains("{\"shard\":0,\"owner\":\"\",\"epoch\":0}");
    }

    @Test
    void ofLongListsThePageShowsTheBeginningAndHowManyMoreThereAre() {
        ShardMap large = ShardMap.empty("shards", 1024);
        assertThat(ShardsPage.all(large, BOTH, 0, HOT).toString()).contains("\"morePlanned\":768,\"homeless\":[]");
        assertThat(ShardsPage.all(large, List.of(), 0, HOT).toString())
                .contains("\"planned\":[]", "\"moreHomeless\":768")
                .contains("no node is a member; start one that can own shards");
    }

    @Test
    void oneShardIsExplainedWithScoresAndBounds() {
        assertThat(ShardsPage.one(map(), BOTH, 2).toString())
                .startsWith("{\"shard\":2,\"owner\":\"n1\",\"epoch\":1,\"movingTo\":\"n2\"")
                .contains("\"why\":\"shard 2 is on its way from n1 to n2\"")
                .contains(
                        "{\"score\":",
                        "\"node\":\"n2\",\"shards\":1,\"share\":2.0,\"low\":1,\"high\":3,\"against\":null}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "-1", "x", "", "999999999999"})
    void aShardThatThereIsNotIsNamed(String text) {
        assertThatThrownBy(() -> ShardWishes.shard(map(), text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shard (" + text + ") must be a number between 0 and 3");
        assertThat(ShardWishes.shard(map(), "3")).isEqualTo(3);
    }

    @Test
    void aPinThatWouldHaveNoEffectIsRefused() {
        assertThatThrownBy(() -> ShardWishes.pin(map(), BOTH, N3))
                .hasMessage("node (n3) of the pin must be a member that can own shards, one of [n1, n2]");
        assertThatThrownBy(() -> ShardWishes.pin(map(), List.of(member(N1, true), member(N2, false)), N1))
                .hasMessage(
                        "node (n1) of the pin may own no shards: it is leaving; take another, or change that first");
        assertThatThrownBy(() -> ShardWishes.pin(with(ShardRules.NONE.withBans(Set.of(N1))), BOTH, N1))
                .hasMessage("node (n1) of the pin may own no shards: it is banned; take another, or change that first");
        assertThatThrownBy(
                        () -> ShardWishes.pin(with(new ShardRules(false, Map.of(), Set.of(), Set.of("ssd"))), BOTH, N1))
                .hasMessage("node (n1) of the pin may own no shards: it is without a required label;"
                        + " take another, or change that first");
        assertThatCode(() -> ShardWishes.pin(map(), BOTH, N2)).doesNotThrowAnyException();
    }

    @Test
    void aBanThatWouldLeaveNobodyIsRefused() {
        assertThatThrownBy(() -> ShardWishes.ban(with(ShardRules.NONE.withBans(Set.of(N2))), BOTH, N1))
                .hasMessage(
                        "node (n1) is the only one that may own shards, nobody could take them; start another node first");
        assertThatCode(() -> ShardWishes.ban(map(), BOTH, N1)).doesNotThrowAnyException();
        assertThatCode(() -> ShardWishes.ban(map(), BOTH, N3)).doesNotThrowAnyException();
    }

    @Test
    void whatIsNotPinnedOrBannedCannotBeLetGo() {
        ShardMap map = with(ShardRules.NONE.withPins(Map.of(1, N1)).withBans(Set.of(N3)));
        assertThatThrownBy(() -> ShardWishes.unpin(map, 2)).hasMessage("shard (2) is not pinned; pinned are [1]");
        assertThatThrownBy(() -> ShardWishes.unban(map, N1)).hasMessage("node (n1) is not banned; banned are [n3]");
        assertThatCode(() -> ShardWishes.unpin(map, 1)).doesNotThrowAnyException();
        assertThatCode(() -> ShardWishes.unban(map, N3)).doesNotThrowAnyException();
    }

    @Test
    void thePlanShowsWhatWouldMoveIfANodeLeftOrJoined() {
        Ownership first = Ownership.NONE.takenBy(new Host(N1, 1));
        ShardMap map = ShardMap.empty("shards", 4)
                .with(Map.of(0, first, 1, first, 2, Ownership.NONE.takenBy(new Host(N2, 1)), 3, first));
        assertThat(plan(map, Map.of("without", "n2")))
                .contains("\"revision\":1,\"paused\":false,\"moves\":1,", "\"leaving\":true")
                .contains("\"shard\":2,\"from\":\"n2\",\"to\":\"n1\",\"reason\":\"leaving\",\"why\":\"");
        String joined = plan(map, Map.of("with", "n3", "weight", "200", "zone", "z2", "labels", "ssd,ssd"));
        assertThat(joined).contains("\"zone\":\"z2\",\"weight\":200,", "\"to\":\"n3\"");
        assertThat(plan(map, Map.of("with", "n3", "without", "n1"))).contains("\"moves\":3,", "\"to\":\"n3\"");
    }

    @ParameterizedTest
    @CsvSource({
        "'without=n7', 'node (n7) that leaves must be a member, one of [n1, n2]'",
        "'with=n1', 'node (n1) that joins must not be a member; take a name that is not one of [n1, n2]'",
        "'weight=5', 'weight (5) is of the node that joins, and none is named; write with=<node>, too'",
        "'with=n3&weight=much', 'weight (much) must be a number between 1 and 1,000,000'",
        "'wihout=n1', 'parameter (wihout) is not known here; write one of [without, with, weight, zone, labels]'",
        "'with=n3&labels=ssd,,x', 'label () must be a DNS label: 1 to 63 characters of a-z, 0-9 and ''-'', starting and ending with a letter or digit'",
        "'with=n3&weight=0', 'weight of n3 (0) must be between 1 and 1000000'"
    })
    void whatCannotBeSupposedIsRefused(String query, String why) {
        Map<String, String> said = Stream.of(query.split("&"))
                .collect(Collectors.toMap(part -> part.split("=")[0], part -> part.split("=")[1]));
        assertThatThrownBy(() -> plan(map(), said))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(why);
    }

    private static String plan(ShardMap map, Map<String, String> query) {
        return ShardsPage.plan(
                        map,
                        ShardWishes.supposed(query.entrySet().stream()
                                        .collect(Collectors.toMap(Map.Entry::getKey, said -> List.of(said.getValue()))))
                                .members(BOTH))
                .toString();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 3",
        "GET, plan",
        "POST, pause",
        "POST, resume",
        "PUT, 3/pin",
        "DELETE, 3/pin",
        "PUT, bans/n1",
        "DELETE, bans/n1"
    })
    void aNodeWithoutShardsSaysHowToHaveThem(String method, String path) {
        HttpRouter router = new HttpRouter();
        new ShardRoutes(Optional::empty).addTo(router);
        HttpResponse answer = router.handle(new HttpRequest(
                        method,
                        List.of(("admin/shards/" + path).split("/")),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        new byte[0],
                        Optional.of(InetAddress.getLoopbackAddress())))
                .toCompletableFuture()
                .join();
        assertThat(answer.status()).isEqualTo(404);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .contains("this node takes no part in shards; set holdfast.sharding.enabled=true on all nodes");
    }
}
