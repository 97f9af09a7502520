package io.holdfast.consensus;

import io.holdfast.consensus.primitive.MapChange;
import io.holdfast.consensus.primitive.MapEntry;
import io.holdfast.consensus.primitive.MapPage;
import io.holdfast.consensus.primitive.MapType;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.state.Event;
import io.holdfast.consensus.state.Poll;
import io.holdfast.core.Check;
import io.holdfast.core.CodecException;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The typed side of one map. */
final class MapCodec<K, V> {
    private final KeyCodec<K> keys;
    private final TypeCodec<V> values;

    MapCodec(Class<K> keyType, Class<V> valueType, Codec codec) {
        this.keys = KeyCodec.of(keyType, codec);
        this.values = codec.forType(valueType);
    }

    byte[] key(K key) {
        return keys.encode(key);
    }

    byte[] value(V value) {
        return values.encode(value);
    }

    Versioned<V> versioned(MapEntry entry) {
        V value = values.decode(entry.value());
        if (value == null) {
            throw new CodecException(
                    "a value must not be null; the map was written with other types than it is read with");
        }
        return new Versioned<>(value, entry.created(), entry.modified(), entry.version());
    }

    Optional<Versioned<V>> optional(@Nullable MapEntry entry) {
        return entry == null ? Optional.empty() : Optional.of(versioned(entry));
    }

    Written<V> written(long revision, MapChange.Outcome outcome) {
        return new Written<>(outcome.applied(), revision, outcome.version(), optional(outcome.existing()));
    }

    MapPart<K, V> part(MapRange<K> range, long revision, MapPage page) {
        List<MapPart.Entry<K, V>> entries = page.rows().stream()
                .map(row -> new MapPart.Entry<>(keys.decode(row.key()), versioned(row.entry())))
                .toList();
        Optional<MapRange<K>> rest = page.more() && !entries.isEmpty()
                ? Optional.of(range.after(entries.get(entries.size() - 1).key()))
                : Optional.empty();
        return new MapPart<>(entries, revision, rest);
    }

    MapEvent<K, V> event(Event event) {
        K key = keys.decode(event.key());
        return event.kind() == MapType.EVENT_PUT
                ? new MapEvent.Put<>(event.revision(), key, versioned(MapEntry.decode(event.payload())))
                : new MapEvent.Removed<>(event.revision(), key, event.kind() == MapType.EVENT_EXPIRED);
    }

    MapNews<K, V> news(Poll poll) {
        return new MapNews<>(
                poll.events().stream().map(this::event).toList(), poll.compacted(), poll.more(), poll.next());
    }

    KeyRange range(MapRange<K> range) {
        KeyRange whole = KeyRange.ALL;
        String prefix = range.prefix();
        if (prefix != null) {
            Check.that(keys.isText(), "a prefix (%s) needs a map with text keys; use a range from key to key", prefix);
            whole = KeyRange.prefix(prefix.getBytes(StandardCharsets.UTF_8));
        }
        K from = range.from();
        K to = range.to();
        byte[] start = from == null ? whole.from() : start(keys.encode(from), range.inclusive());
        byte[] end = to == null ? null : keys.encode(to);
        return whole.common(new KeyRange(start, end));
    }

    private static byte[] start(byte[] key, boolean inclusive) {
        return inclusive ? key : Arrays.copyOf(key, key.length + 1);
    }
}
