package io.holdfast.sharding.entity;

import io.holdfast.core.Deadline;
import io.holdfast.core.Retry;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import io.holdfast.sharding.map.ShardMapCodec;
import java.util.Optional;

/**
 * The bytes of calls: {@code [version u8][revision][epoch][forwarded u8][type][key][method 8][session 8][number][first open][introduced][copies][nanoseconds left][arguments]}, and of answers:
 * {@code [version u8][kind u8][has map u8][map]?[what the kind holds]}.
 */
final class EntityWire {
    static final String ROUTE = "entity/call";

    /** The largest arguments. */
    static final int MAX_ARGUMENTS = 512 << 10;

    private static final int VERSION = 1;
    private static final int MAX_MAP = 512 << 10;
    private static final int MAX_TEXT = 8 << 10;

    private static final int ANSWERED = 0;
    private static final int MOVED = 1;
    private static final int INTRODUCE = 2;
    private static final int FAILED = 3;
    private static final int UNKNOWN = 4;

    private static final Retry[] ADVICE = Retry.values();

    private EntityWire() {}

    static byte[] encode(EntityRequest request, long nowNanos) {
        EntityCall call = request.call();
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.number(request.revision());
        out.number(request.epoch());
        out.u8(request.forwarded() ? 1 : 0);
        out.text(call.entity().type());
        out.text(call.entity().key());
        out.fixed64(call.method());
        out.fixed64(call.id().session());
        out.number(call.id().sequence());
        out.number(call.firstOpen());
        out.number(call.introduced());
        out.number(call.copies());
        out.number(Math.max(0, call.context().deadline().remainingNanos(nowNanos)));
        out.bytes(call.arguments());
        return out.bytes();
    }

    /**
     * Decodes a request.
     *
     * @param bytes bytes of any origin
     * @param context what came along
     * @param nowNanos the clock when it came
     * @return the request, its deadline that of the whole call
     * @throws io.holdfast.core.ProtocolException if the bytes are none
     */
    static EntityRequest decode(byte[] bytes, CallContext context, long nowNanos) {
        WireReader in = new WireReader("call of an entity", bytes);
        in.version("call of an entity", VERSION);
        long revision = in.number("revision");
        long epoch = in.number("epoch");
        boolean forwarded = in.flag("forwarded");
        String type = in.text("kind", EntityId.MAX_TYPE);
        String key = in.text("key", EntityId.MAX_KEY);
        EntityId entity;
        try {
            entity = new EntityId(type, key);
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
        long method = in.fixed64("method");
        CallId id = new CallId(in.fixed64("session"), in.number("number of the call"));
        long firstOpen = in.number("first open");
        long introduced = in.number("introduced");
        int copies = in.number("copies", Integer.MAX_VALUE);
        long left = in.number("time left");
        // a deadline of centuries must not wrap around into the past
        Deadline deadline = left >= Long.MAX_VALUE / 2 ? Deadline.NONE : new Deadline(nowNanos + left);
        byte[] arguments = in.bytes("arguments", MAX_ARGUMENTS);
        in.end();
        EntityCall call = new EntityCall(
                entity, method, arguments, id, firstOpen, introduced, copies, context.withDeadline(deadline));
        return new EntityRequest(call, revision, epoch, forwarded);
    }

    static byte[] encode(EntityResponse response) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        Served served = response.served();
        out.u8(kind(served));
        out.u8(response.map().isPresent() ? 1 : 0);
        response.map().ifPresent(map -> out.bytes(ShardMapCodec.encode(map)));
        if (served instanceof Served.Answered answered) {
            out.bytes(answered.bytes());
        } else if (served instanceof Served.Introduce introduce) {
            out.number(introduce.dropped());
        } else if (served instanceof Served.Failed failed) {
            encode(failed, out);
        } else if (served instanceof Served.Unknown unknown) {
            out.text(shortened(unknown.message()));
        }
        return out.bytes();
    }

    static void encode(Served.Failed failed, WireWriter out) {
        out.text(shortened(failed.type()));
        out.text(shortened(failed.message()));
        out.u8(failed.retry().ordinal());
    }

    static Served.Failed failed(WireReader in) {
        return new Served.Failed(
                in.text("class", MAX_TEXT),
                in.text("message", MAX_TEXT),
                ADVICE[in.number("advice", ADVICE.length - 1)]);
    }

    private static int kind(Served served) {
        if (served instanceof Served.Answered) {
            return ANSWERED;
        }
        if (served instanceof Served.Moved) {
            return MOVED;
        }
        if (served instanceof Served.Introduce) {
            return INTRODUCE;
        }
        return served instanceof Served.Failed ? FAILED : UNKNOWN;
    }

    /** Texts are for people: what is longer than any of them needs is cut off. A character has at most three bytes. */
    private static String shortened(String text) {
        return text.length() > MAX_TEXT / 3 ? text.substring(0, MAX_TEXT / 3) : text;
    }

    /**
     * Decodes an answer.
     *
     * @param bytes bytes of any origin
     * @return the answer
     * @throws io.holdfast.core.ProtocolException if the bytes are none
     */
    static EntityResponse decode(byte[] bytes) {
        WireReader in = new WireReader("answer of an entity", bytes);
        in.version("answer of an entity", VERSION);
        int kind = in.number("kind of answer", UNKNOWN);
        Optional<io.holdfast.sharding.map.ShardMap> map =
                in.flag("has map") ? Optional.of(ShardMapCodec.decode(in.bytes("map", MAX_MAP))) : Optional.empty();
        Served served = switch (kind) {
            case ANSWERED -> new Served.Answered(in.bytes("answer", Settlement.MAX_ANSWER));
            case MOVED -> Served.MOVED;
            case INTRODUCE -> new Served.Introduce(in.number("forgotten sessions"));
            case FAILED -> failed(in);
            default -> new Served.Unknown(in.text("message", MAX_TEXT));
        };
        in.end();
        return new EntityResponse(served, map);
    }
}
