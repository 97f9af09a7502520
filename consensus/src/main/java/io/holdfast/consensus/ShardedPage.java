package io.holdfast.consensus;

import io.holdfast.core.GroupId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A page of a scan over several parts: the entries of one part are of one revision.
 *
 * @param entries the entries in order of their keys
 * @param revisions at which revision each part was read
 * @param rest the range to ask for next, or empty at the end
 * @param <K> the keys' type
 * @param <V> the values' type
 */
public record ShardedPage<K, V>(
        List<MapPart.Entry<K, V>> entries, Map<GroupId, Long> revisions, Optional<MapRange<K>> rest) {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Placed<K, V>(byte[] key, MapPart.Entry<K, V> entry) {}

    /** Beyond the last entry of a page that is not the end of its part, nothing is known: the merged page ends there. */
    static <K, V> ShardedPage<K, V> merge(
            ShardedMap<K, V> map, MapRange<K> range, int limit, List<MapPart<K, V>> pages) {
        MapCodec<K, V> codec = map.parts().get(0).codec();
        Map<GroupId, Long> revisions = new LinkedHashMap<>();
        List<Placed<K, V>> all = new ArrayList<>();
        byte[] known = null;
        for (int i = 0; i < pages.size(); i++) {
            MapPart<K, V> page = pages.get(i);
            revisions.put(map.parts().get(i).group(), page.revision());
            page.entries().forEach(entry -> all.add(new Placed<>(codec.key(entry.key()), entry)));
            if (page.rest().isPresent()) {
                byte[] last = all.get(all.size() - 1).key();
                known = known == null || Arrays.compareUnsigned(last, known) < 0 ? last : known;
            }
        }
        all.sort((a, b) -> Arrays.compareUnsigned(a.key(), b.key()));
        List<MapPart.Entry<K, V>> entries = new ArrayList<>();
        for (Placed<K, V> placed : all) {
            if (entries.size() == limit || isBeyond(placed.key(), known)) {
                break;
            }
            entries.add(placed.entry());
        }
        boolean more = known != null || entries.size() < all.size();
        Optional<MapRange<K>> rest =
                more ? Optional.of(range.after(entries.get(entries.size() - 1).key())) : Optional.empty();
        return new ShardedPage<>(List.copyOf(entries), Map.copyOf(revisions), rest);
    }

    private static boolean isBeyond(byte[] key, byte @Nullable [] known) {
        return known != null && Arrays.compareUnsigned(key, known) > 0;
    }
}
