package io.holdfast.transport.netty;

/**
 * The frames of protocol version 1. A frame is its length (u32, of what follows), its type (u8) and a body; all numbers are big-endian; text is UTF-8.
 *
 * <pre>
 * HELLO         magic u32 "HOLD", lowest version u8, highest version u8, flags u8, largest payload u32, node id u8+text, host u8+text, port u16,
 *               cluster name u8+text, cluster id u8+text (length zero: none yet)
 * REFUSE        code u8, message text: the hello was not accepted; the connection is closed
 * REQUEST       stream u32, lane u8, route u8+text, context (CallContextCodec), payload
 * RESPONSE      stream u32, payload
 * ERROR         stream u32, kind u8, retry after i64 ns (-1: unknown), message text
 * ONE_WAY       route u8+text, context, payload
 * STREAM_OPEN   stream u32, lane u8, credit u32, route u8+text, context, payload
 * STREAM_ITEM   stream u32, payload
 * STREAM_CREDIT stream u32, credit u32
 * STREAM_END    stream u32
 * CANCEL        stream u32
 * PING, PONG    token i64
 * GOAWAY        reason text
 * </pre>
 */
final class FrameType {
    static final int MAGIC = 0x484F4C44;

    /** The protocol versions that this node speaks. */
    static final int LOWEST_VERSION = 1;

    static final int HIGHEST_VERSION = 1;

    static final byte HELLO = 1;
    static final byte REFUSE = 2;
    static final byte REQUEST = 3;
    static final byte RESPONSE = 4;
    static final byte ERROR = 5;
    static final byte ONE_WAY = 6;
    static final byte STREAM_OPEN = 7;
    static final byte STREAM_ITEM = 8;
    static final byte STREAM_CREDIT = 9;
    static final byte STREAM_END = 10;
    static final byte CANCEL = 11;
    static final byte PING = 12;
    static final byte PONG = 13;
    static final byte GOAWAY = 14;

    /** The largest frame before both sides have said hello. */
    static final int MAX_GREETING = 4096;

    /** What a frame may take beside its payload: route, context, numbers. */
    static final int MAX_HEAD = 48 * 1024;

    private FrameType() {}
}
