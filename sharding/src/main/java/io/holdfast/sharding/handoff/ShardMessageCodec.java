package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMapCodec;

/** The bytes of a {@link ShardMessage}: {@code [version u8][type u8]} and its fields. Decoding takes bytes of any origin. */
final class ShardMessageCodec {
    private static final int VERSION = 1;
    private static final int MAX_LABEL = 255;
    private static final int MAX_MAP_BYTES = 1 << 20;

    private ShardMessageCodec() {}

    static byte[] encode(ShardMessage message) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        if (message instanceof ShardMessage.News news) {
            out.u8(1);
            out.bytes(ShardMapCodec.encode(news.map()));
        } else if (message instanceof ShardMessage.Ready ready) {
            shard(2, ready.shard(), ready.epoch(), out);
            host(ready.target(), out);
        } else if (message instanceof ShardMessage.Served served) {
            shard(3, served.shard(), served.epoch(), out);
        } else if (message instanceof ShardMessage.MayI question) {
            shard(4, question.shard(), question.epoch(), out);
            out.number(question.revision());
        } else if (message instanceof ShardMessage.Released released) {
            shard(5, released.shard(), released.epoch(), out);
            host(released.by(), out);
        } else if (message instanceof ShardMessage.Overtaken overtaken) {
            shard(6, overtaken.shard(), overtaken.epoch(), out);
            out.number(overtaken.fence().value());
        }
        return out.bytes();
    }

    private static void shard(int type, int shard, Epoch epoch, WireWriter out) {
        out.u8(type);
        out.number(shard);
        out.number(epoch.value());
    }

    private static void host(Host host, WireWriter out) {
        out.text(host.node().value());
        out.fixed64(host.run());
    }

    /** Throws {@link io.holdfast.core.ProtocolException} if the bytes are no message, or one of a newer layout. */
    static ShardMessage decode(byte[] bytes) {
        WireReader in = new WireReader("message of shards", bytes);
        in.version("message of shards", VERSION);
        ShardMessage message = read(in);
        in.end();
        return message;
    }

    private static ShardMessage read(WireReader in) {
        int type = in.u8("type");
        return switch (type) {
            case 1 -> new ShardMessage.News(ShardMapCodec.decode(in.bytes("map", MAX_MAP_BYTES)));
            case 2 -> new ShardMessage.Ready(shard(in), epoch(in), host(in));
            case 3 -> new ShardMessage.Served(shard(in), epoch(in));
            case 4 -> new ShardMessage.MayI(shard(in), epoch(in), in.number("revision"));
            case 5 -> new ShardMessage.Released(shard(in), epoch(in), host(in));
            case 6 -> new ShardMessage.Overtaken(shard(in), epoch(in), epoch(in));
            default -> throw in.broken("type (" + type + ") must be 1 to 6");
        };
    }

    private static int shard(WireReader in) {
        return in.number("shard", ShardMap.MAX_SHARDS - 1);
    }

    private static Epoch epoch(WireReader in) {
        return new Epoch(in.number("epoch"));
    }

    private static Host host(WireReader in) {
        String node = in.text("node", MAX_LABEL);
        long run = in.fixed64("run");
        try {
            return new Host(NodeId.of(node), run);
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }
}
