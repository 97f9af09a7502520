package io.holdfast.transport.netty;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.transport.Lane;

/** A small frame about a stream, in the control lane. If that is full or the connection gone, nothing is lost: the stream ends with the connection. */
final class ControlFrame extends Outgoing {
    private final byte type;
    private final int stream;
    private final int credit;

    private ControlFrame(byte type, int stream, int credit) {
        super(Lane.CONTROL);
        this.type = type;
        this.stream = stream;
        this.credit = credit;
    }

    static ControlFrame cancel(int stream) {
        return new ControlFrame(FrameType.CANCEL, stream, 0);
    }

    static ControlFrame credit(int stream, int items) {
        return new ControlFrame(FrameType.STREAM_CREDIT, stream, items);
    }

    @Override
    int size() {
        return 16;
    }

    @Override
    void write(FrameWriter out) {
        var body = out.begin(type).writeInt(stream);
        if (type == FrameType.STREAM_CREDIT) {
            body.writeInt(credit);
        }
        out.end();
    }

    @Override
    void refuse(HoldfastException reason) {}

    @Override
    void onDeadline() {}
}
