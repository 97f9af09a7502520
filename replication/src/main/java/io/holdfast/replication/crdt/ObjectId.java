package io.holdfast.replication.crdt;

import io.holdfast.core.Check;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An object of a space. Objects of different kinds may have one name: they are different objects.
 *
 * @param kind what it is
 * @param name 1 to 128 bytes of UTF-8
 */
record ObjectId(Kind kind, String name) implements Comparable<ObjectId> {
    static final int MAX_NAME = 128;

    ObjectId {
        Check.that(
                StandardCharsets.UTF_8.newEncoder().canEncode(name),
                "the name of a CRDT must be text, and this one has half of a surrogate pair at some place; other nodes would read another name");
        Check.between("bytes of a CRDT's name", name.getBytes(StandardCharsets.UTF_8).length, 1, MAX_NAME);
    }

    @Override
    public int compareTo(ObjectId other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + name;
    }
}
