package io.holdfast.sharding.work;

import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMapCodec;
import java.util.Optional;

/** The bytes of work: {@code [version u8][name][shard][revision][argument]}, and of its answer: {@code [version u8][kind u8][has map u8][map]?[result or message]}. */
final class WorkWire {
    static final String ROUTE = "shard/work";

    private static final int VERSION = 1;
    private static final int MAX_NAME = 63;
    private static final int MAX_MAP = 512 << 10;
    private static final int MAX_MESSAGE = 4 << 10;

    /** Which function is to run for which shard. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Order(String name, int shard, long revision, byte[] argument) {}

    /** What came of it. */
    enum Kind {
        DONE,
        MOVED,
        FAILED,
        UNKNOWN_NAME,
        /** It has run, and its shard had gone by the end: the next owner's answer counts. */
        RAN
    }

    /** The kind, the result or the message, and a newer map. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(Kind kind, byte[] result, String message, Optional<ShardMap> map) {}

    private static final Kind[] KINDS = Kind.values();

    private WorkWire() {}

    static byte[] encode(Order order) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.text(order.name());
        out.number(order.shard());
        out.number(order.revision());
        out.bytes(order.argument());
        return out.bytes();
    }

    static Order order(byte[] bytes) {
        WireReader in = new WireReader("work for a shard", bytes);
        in.version("work for a shard", VERSION);
        Order order = new Order(
                in.text("name", MAX_NAME),
                in.number("shard", ShardMap.MAX_SHARDS - 1),
                in.number("revision"),
                in.bytes("argument", ShardWork.MAX_BYTES));
        in.end();
        return order;
    }

    static byte[] encode(Answer answer) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.u8(answer.kind().ordinal());
        out.u8(answer.map().isPresent() ? 1 : 0);
        answer.map().ifPresent(map -> out.bytes(ShardMapCodec.encode(map)));
        out.bytes(answer.result());
        String message = answer.message();
        out.text(message.length() > MAX_MESSAGE / 3 ? message.substring(0, MAX_MESSAGE / 3) : message);
        return out.bytes();
    }

    static Answer answer(byte[] bytes) {
        WireReader in = new WireReader("answer of a shard", bytes);
        in.version("answer of a shard", VERSION);
        Kind kind = KINDS[in.number("kind of answer", KINDS.length - 1)];
        Optional<ShardMap> map =
                in.flag("has map") ? Optional.of(ShardMapCodec.decode(in.bytes("map", MAX_MAP))) : Optional.empty();
        Answer answer = new Answer(kind, in.bytes("result", ShardWork.MAX_BYTES), in.text("message", MAX_MESSAGE), map);
        in.end();
        return answer;
    }
}
