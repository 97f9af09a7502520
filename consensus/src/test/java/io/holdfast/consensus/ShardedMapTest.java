package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.testkit.sim.SimEnvironment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardedMapTest {
    private final SimEnvironment environment = SimEnvironment.seed(9);
    private final List<SimGroup> groups = IntStream.range(0, 3)
            .mapToObj(i -> new SimGroup(environment, 9, GroupId.of("g" + i)))
            .toList();
    private final ShardedMap<String, String> map = map(0);

    private ShardedMap<String, String> map(int node) {
        return ShardedMap.of(
                groups.stream()
                        .map(group -> group.consensus(group.session(node)).map("titles", String.class, String.class))
                        .toList(),
                bytes -> bytes[bytes.length - 1]); // the last digit says the part
    }

    private <T> T done(CompletionStage<T> stage) {
        return groups.get(0).done(stage);
    }

    private static Map<String, String> numbered(int from, int to, String value) {
        Map<String, String> entries = new LinkedHashMap<>();
        IntStream.range(from, to).forEach(i -> entries.put(key(i), value));
        return entries;
    }

    private static String key(int i) {
        return String.format("k%03d", i);
    }

    @Test
    void aKeyLivesInThePartThatItsHashNamesAndIsFoundFromEveryNode() {
        for (int i = 0; i < 9; i++) {
            assertThat(done(map.putAsync(key(i), "v" + i)).version()).isEqualTo(1);
        }
        for (int part = 0; part < 3; part++) {
            int residue = part;
            List<String> expected = IntStream.range(0, 9)
                    .filter(i -> ('0' + i) % 3 == residue)
                    .mapToObj(ShardedMapTest::key)
                    .toList();
            MapPart<String, String> rows =
                    done(map.parts().get(part).scanAsync(MapRange.all(), 100, ReadConsistency.LINEARIZABLE));
            assertThat(rows.entries()).extracting(MapPart.Entry::key).isEqualTo(expected);
        }
        ShardedMap<String, String> other = map(1);
        assertThat(done(other.getAsync(key(4)))).contains("v4");
        assertThat(other.part(key(4)).group()).isEqualTo(map.part(key(4)).group());
        assertThat(done(other.sizeAsync(ReadConsistency.LINEARIZABLE))).isEqualTo(9);
    }

    @Test
    void aKeyHasTheGuaranteesOfAReplicatedMap() {
        Written<String> first = done(map.putIfAbsentAsync("a1", "one"));
        assertThat(first.applied()).isTrue();
        assertThat(done(map.putIfAbsentAsync("a1", "two")).existing().map(Versioned::value))
                .contains("one");
        assertThat(done(map.replaceAsync("a1", "three", 2)).applied()).isFalse();
        assertThat(done(map.compareAndSetAsync("a1", "one", "four")).version()).isEqualTo(2);
        assertThat(done(map.entryAsync("a1", ReadConsistency.LINEARIZABLE)).map(Versioned::created))
                .contains(first.revision());
        assertThat(done(map.removeAsync("a1", 1)).applied()).isFalse();
        assertThat(done(map.removeAsync("a1")).applied()).isTrue();
        assertThat(done(map.getAsync("a1"))).isEmpty();
    }

    @Test
    void aBatchIsWrittenAtOneRevisionInEachPartAndReadBack() {
        Map<String, String> entries = numbered(0, 30, "v");
        Map<GroupId, Long> revisions = done(map.putAllAsync(entries));
        assertThat(revisions).hasSize(3);
        for (ReplicatedMap<String, String> part : map.parts()) {
            assertThat(done(part.scanAsync(MapRange.all(), 100, ReadConsistency.LINEARIZABLE))
                            .entries())
                    .hasSizeBetween(9, 12)
                    .allMatch(entry -> entry.value().modified() == revisions.get(part.group()));
        }
        List<String> asked = new ArrayList<>(entries.keySet());
        asked.add("nothing");
        assertThat(done(map.getAllAsync(asked, ReadConsistency.LINEARIZABLE))).isEqualTo(entries);
        assertThat(done(map.putAllAsync(Map.of()))).isEmpty();
    }

    @Test
    void aBatchThatFailsInOnePartTellsWhatIsWritten() {
        groups.get(1).isolate(0); // '1' and '4' are of this part: 49 % 3 = 1, 52 % 3 = 1
        PartlyAppliedException failed =
                catchThrowableOfType(PartlyAppliedException.class, () -> done(map.putAllAsync(numbered(0, 6, "v"))));
        assertThat(new TreeSet<>(
                        failed.written().stream().map(String.class::cast).toList()))
                .containsExactly(key(0), key(2), key(3), key(5));
        assertThat(failed.failures()).containsOnlyKeys(GroupId.of("g1"));
        assertThat(failed).hasMessageContaining("failed in [g1]").hasMessageContaining("4 keys");
        assertThat(done(map.getAllAsync(List.of(key(0), key(2)), ReadConsistency.LINEARIZABLE)))
                .hasSize(2);
        assertThatThrownBy(() -> done(map.putAllAsync(Map.of(key(1), "v", key(4), "v"))))
                .as("a batch in one part fails as that part does")
                .isNotInstanceOf(PartlyAppliedException.class);
    }

    @Test
    void aBatchWithTooMuchForOnePartIsRefusedBeforeAnythingIsSent() {
        Map<String, String> entries = new LinkedHashMap<>(Map.of("a1", "v"));
        IntStream.range(0, 4097).forEach(i -> entries.put(i + "-0", "v"));
        assertThatThrownBy(() -> map.putAllAsync(entries))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4097 entries in g0");
        assertThat(done(map.getAsync("a1"))).isEmpty();
    }

    @Test
    void aScanGoesThroughAllPartsInTheOrderOfTheKeysAndTellsTheRevisionOfEach() {
        done(map.putAllAsync(numbered(0, 50, "v")));
        done(map.putAsync("other", "v"));
        List<String> keys = new ArrayList<>();
        Optional<MapRange<String>> range = Optional.of(MapRange.prefix("k"));
        while (range.isPresent()) {
            ShardedPage<String, String> page = done(map.scanAsync(range.get(), 7, ReadConsistency.LINEARIZABLE));
            assertThat(page.revisions())
                    .containsOnlyKeys(
                            map.parts().stream().map(ReplicatedMap::group).toList());
            assertThat(page.entries()).hasSizeBetween(1, 7);
            page.entries().forEach(entry -> {
                keys.add(entry.key());
                assertThat(entry.value().modified())
                        .isLessThanOrEqualTo(
                                page.revisions().get(map.part(entry.key()).group()));
            });
            range = page.rest();
        }
        assertThat(keys).isEqualTo(List.copyOf(numbered(0, 50, "v").keySet()));
    }

    @Test
    void aScanLeavesNoKeyOutWhereAPartsPageEndsEarly() {
        char[] large = new char[100_000];
        Arrays.fill(large, 'x');
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            expected.add(key(10 * i)); // all in one part, three fill its page
            done(map.putAsync(key(10 * i), new String(large)));
            expected.add(key(10 * i + 1));
            done(map.putAsync(key(10 * i + 1), "small"));
        }
        List<String> keys = new ArrayList<>();
        Optional<MapRange<String>> range = Optional.of(MapRange.all());
        while (range.isPresent()) {
            ShardedPage<String, String> page = done(map.scanAsync(range.get(), 100, ReadConsistency.LINEARIZABLE));
            page.entries().forEach(entry -> keys.add(entry.key()));
            range = page.rest();
        }
        assertThat(keys).isEqualTo(expected);
    }

    @Test
    void twoPartsInOneGroupAreRefused() {
        Consensus consensus = groups.get(0).consensus(groups.get(0).session(0));
        ReplicatedMap<String, String> part = consensus.map("m", String.class, String.class);
        assertThatThrownBy(() -> ShardedMap.of(List.of(part, part), bytes -> 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two are in g0");
        assertThatThrownBy(() -> ShardedMap.of(List.<ReplicatedMap<String, String>>of(), bytes -> 0))
                .hasMessageContaining("0 parts");
    }
}
