package io.holdfast.consensus.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which resource has which name. A name is here only while it has rows. */
final class Catalogue {
    static final long NONE = -1;

    /** Whose rows a resource's are. */
    record Owner(int type, String name) {}

    private final StateStore store;

    Catalogue(StateStore store) {
        this.store = store;
    }

    /** How many names are in use. */
    int size() {
        return store.size(Tables.NAMES);
    }

    private static byte[] key(int type, String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        return new ByteWriter(1 + utf8.length).u8(type).raw(utf8).toBytes();
    }

    long find(int type, String name) {
        byte[] value = store.get(Tables.NAMES, key(type, name));
        return value == null ? NONE : new ByteReader(value).fixed64();
    }

    long create(int type, String name) {
        long resource = Tables.LAST_RESERVED + Marks.RESOURCE.next(store);
        store.put(Tables.NAMES, key(type, name), Tables.key(resource));
        store.put(
                Tables.RESOURCES,
                Tables.key(resource),
                new ByteWriter().u8(type).text(name).toBytes());
        return resource;
    }

    void remove(long resource, Owner owner) {
        store.remove(Tables.NAMES, key(owner.type(), owner.name()));
        store.remove(Tables.RESOURCES, Tables.key(resource));
    }

    /** What is done with a name that is in use; returns whether to go on. */
    interface Visitor {
        boolean visit(String name, long resource);
    }

    /** The names of a type behind one, in order; returns whether the visitor has ended it before the last. */
    boolean list(int type, String after, Visitor visitor) {
        byte[] from = key(type, after);
        byte[] behind = after.isEmpty() ? from : Arrays.copyOf(from, from.length + 1);
        boolean[] ended = {false};
        store.scan(Tables.NAMES, behind, key(type + 1, ""), row -> {
            String name = new String(row.key(), 1, row.key().length - 1, StandardCharsets.UTF_8);
            ended[0] = !visitor.visit(name, new ByteReader(row.value()).fixed64());
            return !ended[0];
        });
        return ended[0];
    }

    @Nullable Owner owner(long resource) {
        byte[] value = store.get(Tables.RESOURCES, Tables.key(resource));
        if (value == null) {
            return null;
        }
        ByteReader reader = new ByteReader(value);
        return new Owner(reader.u8(), reader.text(StateLimits.MAX_NAME));
    }
}
