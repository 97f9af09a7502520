package io.holdfast.replication.saga;

import io.holdfast.core.Check;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** Ids of sagas, and the keys under which their histories are kept. */
final class SagaIds {
    private static final int MAX_ID = 200;
    /** Of a child as deep as children may go. */
    static final int MAX_CHILD_ID = 800;

    /** Where a piece of a history is kept: {@code s/<shard in hex>/<chunk>/<id>}. */
    record Key(int shard, int chunk, String id) {
        @Override
        public String toString() {
            return "s/" + HexFormat.of().toHexDigits((short) shard) + '/' + chunk + '/' + id;
        }
    }

    private SagaIds() {}

    /** Requires an id that users may give. */
    static String check(String id) {
        int bytes = id.getBytes(StandardCharsets.UTF_8).length;
        Check.that(
                bytes > 0 && bytes <= MAX_ID && id.indexOf('/') < 0,
                "the id of a saga (%s) must have 1 to %d bytes of UTF-8 and no slash, which is for child sagas",
                bytes > MAX_ID ? id.substring(0, Math.min(40, id.length())) + "..." : id,
                MAX_ID);
        return id;
    }

    static String child(String parent, String step) {
        return parent + '/' + step;
    }

    /** The saga of which this is a child. */
    static Optional<String> parent(String id) {
        int slash = id.lastIndexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(id.substring(0, slash));
    }

    /** The step of the parent that this is. */
    static String step(String id) {
        return id.substring(id.lastIndexOf('/') + 1);
    }

    /** The saga that users started. */
    static String root(String id) {
        int slash = id.indexOf('/');
        return slash < 0 ? id : id.substring(0, slash);
    }

    static boolean isRoot(String id) {
        return id.indexOf('/') < 0;
    }

    /** Empty if the record belongs to something else. */
    static Optional<Key> parse(String key) {
        if (!key.startsWith("s/") || key.length() < 10 || key.charAt(6) != '/') {
            return Optional.empty();
        }
        int slash = key.indexOf('/', 7);
        try {
            return slash < 0
                    ? Optional.empty()
                    : Optional.of(new Key(
                            Integer.parseInt(key, 2, 6, 16),
                            Integer.parseInt(key, 7, slash, 10),
                            key.substring(slash + 1)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
