package io.holdfast.replication.crdt;

import io.holdfast.core.ProtocolException;
import io.holdfast.core.wire.WireReader;
import java.util.Optional;

/** What an entry must look like, by the kind of its object. What a peer tells is merged for good and everywhere: what no reader could read must not come in. Stateless. */
final class Shape {
    private Shape() {}

    /** Throws {@link ProtocolException} if no node of this version would write such an entry. */
    static void check(Kind kind, Path path, byte[] value) {
        if (kind == Kind.MAP) {
            below(path, value);
            return;
        }
        require(kind == Kind.SET || path.length() == 0, kind, "lies below its object");
        value(kind, value);
    }

    private static void below(Path path, byte[] value) {
        WireReader in = new WireReader("path in a map", path.bytes());
        in.bytes("key", CrdtMap.MAX_KEY);
        int number = in.u8("kind of a map's value");
        require(number < Kind.COUNT && isInMap(Kind.of(number)), Kind.MAP, "has a value of no kind that maps have");
        Kind kind = Kind.of(number);
        if (kind != Kind.SET) {
            in.end();
        }
        value(kind, value);
    }

    private static boolean isInMap(Kind kind) {
        return switch (kind) {
            case COUNTER, ENABLE_WINS_FLAG, LAST_WRITER_REGISTER, MULTI_VALUE_REGISTER, SET -> true;
            case GROW_COUNTER, DISABLE_WINS_FLAG, MAP -> false;
        };
    }

    private static void value(Kind kind, byte[] value) {
        switch (kind) {
            case GROW_COUNTER, COUNTER -> {
                Optional<CounterValue> counted = CounterValue.parse(value);
                require(
                        counted.isPresent() && counted.get().isWithinLimit(),
                        kind,
                        "has counted no two numbers up to 2^62");
            }
            case ENABLE_WINS_FLAG, DISABLE_WINS_FLAG ->
                require(value.length == 1 && (value[0] == 0 || value[0] == 1), kind, "is neither on nor off");
            case LAST_WRITER_REGISTER -> Stamped.check(value);
            case SET -> require(value.length == 0, kind, "has a value beside its element");
            case MULTI_VALUE_REGISTER, MAP -> {
                // any bytes; a map has no entry right here
            }
        }
    }

    private static void require(boolean holds, Kind kind, String flaw) {
        if (!holds) {
            throw new ProtocolException("an entry of a " + kind + " " + flaw
                    + "; the sender is broken or no Holdfast node, or the disk is damaged");
        }
    }
}
