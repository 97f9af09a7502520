package io.holdfast.transport.netty;

import io.holdfast.core.AccessDeniedException;
import io.holdfast.core.CallCancelledException;
import io.holdfast.core.ClusterMismatchException;
import io.holdfast.core.CodecException;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Exceptions on the wire: kind, message and when to retry; never a stack trace or a class name. */
final class WireErrors {
    private static final int MAX_MESSAGE_BYTES = 4096;

    private WireErrors() {}

    static void write(int stream, HoldfastException error, FrameWriter out) {
        ByteBuf body = out.begin(FrameType.ERROR);
        long retryAfter = error.retryAfter().map(WireErrors::nanos).orElse(-1L);
        body.writeInt(stream).writeByte(kind(error)).writeLong(retryAfter);
        String message = error.getMessage();
        out.text(message == null ? "" : message, MAX_MESSAGE_BYTES);
        out.end();
    }

    /** Reads what follows the stream id. */
    static HoldfastException read(ByteBuf body) {
        byte kind = body.readByte();
        long retryAfter = body.readLong();
        String message = body.readCharSequence(body.readableBytes(), StandardCharsets.UTF_8)
                .toString();
        return switch (kind) {
            case 1 -> new AccessDeniedException(message);
            case 2 -> new CallCancelledException(message);
            case 3 -> new ClusterMismatchException(message);
            case 4 -> new CodecException(message);
            case 5 -> new DeadlineExceededException(message);
            case 6 -> new InvalidContractException(message);
            case 7 -> new NotAppliedException(message);
            case 8 -> new OverloadedException(message, Duration.ofNanos(Math.max(0, retryAfter)));
            case 9 -> new ProtocolException(message);
            case 10 -> new UnavailableException(message);
            // a later version's kinds too: to take the outcome for unknown is never wrong
            default -> new UnknownOutcomeException(message);
        };
    }

    private static int kind(HoldfastException error) {
        if (error instanceof AccessDeniedException) {
            return 1;
        } else if (error instanceof CallCancelledException) {
            return 2;
        } else if (error instanceof ClusterMismatchException) {
            return 3;
        } else if (error instanceof CodecException) {
            return 4;
        } else if (error instanceof DeadlineExceededException) {
            return 5;
        } else if (error instanceof OverloadedException) {
            return 8;
        } else if (error instanceof ProtocolException) {
            return 9;
        } else if (error instanceof UnavailableException) {
            return 10;
        }
        // what is not of core's own kinds keeps its advice
        return switch (error.retry()) {
            case SAFE -> 7;
            case IF_IDEMPOTENT, EXHAUSTED -> 11;
            case NEVER -> 6;
        };
    }

    private static long nanos(Duration duration) {
        return duration.compareTo(Duration.ofDays(365)) < 0
                ? duration.toNanos()
                : Duration.ofDays(365).toNanos();
    }
}
