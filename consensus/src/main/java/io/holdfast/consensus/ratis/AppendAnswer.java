package io.holdfast.consensus.ratis;

import java.io.IOException;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * What came of an append or a heartbeat.
 *
 * @param sent what it was
 * @param reply what the follower said, or null if nothing that can be read
 * @param failure why not
 */
record AppendAnswer(
        Sent sent,
        @Nullable AppendEntriesReplyProto reply,
        @Nullable Throwable failure) {
    /**
     * An append or a heartbeat that went out.
     *
     * @param first the first entry, or an invalid index in a heartbeat
     * @param previous the entry in front of it
     * @param epoch grows whenever what is under way counts no more
     * @param sentNanos when it was sent
     * @param at the same, for Ratis
     * @param beat whether it is a heartbeat
     */
    record Sent(long first, long previous, int epoch, long sentNanos, Timestamp at, boolean beat) {}

    static AppendAnswer of(Sent sent, byte @Nullable [] bytes, @Nullable Throwable failure) {
        if (bytes == null) {
            return new AppendAnswer(sent, null, failure);
        }
        try {
            return new AppendAnswer(sent, AppendEntriesReplyProto.parseFrom(bytes), null);
        } catch (IOException e) {
            return new AppendAnswer(sent, null, e);
        }
    }
}
