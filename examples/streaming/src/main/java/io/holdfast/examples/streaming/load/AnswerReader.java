package io.holdfast.examples.streaming.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts one HTTP/1.1 answer with a content length together from the pieces that arrive. For use by one thread. */
final class AnswerReader {
    private static final int MAX_BYTES = 1 << 20;
    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

    private byte[] bytes = new byte[16 * 1024];
    private int length;
    private int headLength = -1;
    private int bodyLength;
    private int status;
    private boolean keepAlive;

    /** Whether anything has arrived of an answer that is not whole. */
    boolean begun() {
        return length > 0;
    }

    /** Whether the connection may be used again after the answer that was read last. */
    boolean keepAlive() {
        return keepAlive;
    }

    /** Takes what arrived; returns the answer once it is whole. */
    @Nullable HttpAnswer take(ByteBuffer arrived) throws IOException {
        append(arrived);
        if (headLength < 0) {
            readHead();
        }
        if (headLength < 0 || length < headLength + bodyLength) {
            return null;
        }
        HttpAnswer answer = new HttpAnswer(status, Arrays.copyOfRange(bytes, headLength, headLength + bodyLength));
        if (length > headLength + bodyLength) {
            throw new IOException("the gateway sent more than one answer to one request");
        }
        length = 0;
        headLength = -1;
        return answer;
    }

    private void append(ByteBuffer arrived) throws IOException {
        int needed = length + arrived.remaining();
        if (needed > MAX_BYTES) {
            throw new IOException("the answer is longer than " + MAX_BYTES + " bytes");
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
        }
        arrived.get(bytes, length, arrived.remaining());
        length = needed;
    }

    private void readHead() throws IOException {
        int end = endOfHead();
        if (end < 0) {
            return;
        }
        String[] lines = new String(bytes, 0, end, StandardCharsets.ISO_8859_1).split("\r\n", -1);
        if (!lines[0].matches("HTTP/1\\.1 \\d{3}.*")) {
            throw new IOException("the answer begins with (" + lines[0] + ") instead of HTTP/1.1");
        }
        status = Integer.parseInt(lines[0].substring(9, 12));
        keepAlive = true;
        bodyLength = -1;
        for (int i = 1; i < lines.length; i++) {
            readField(lines[i].toLowerCase(Locale.ROOT));
        }
        if (bodyLength < 0) {
            throw new IOException("the answer has no content-length");
        }
        headLength = end + END_OF_HEAD.length;
    }

    private void readField(String line) {
        String value = line.substring(line.indexOf(':') + 1).trim();
        if (line.startsWith("content-length:")) {
            bodyLength = Math.min(MAX_BYTES, Integer.parseInt(value));
        } else if (line.startsWith("connection:") && value.equals("close")) {
            keepAlive = false;
        }
    }

    private int endOfHead() {
        for (int i = 0; i <= length - END_OF_HEAD.length; i++) {
            if (Arrays.equals(bytes, i, i + END_OF_HEAD.length, END_OF_HEAD, 0, END_OF_HEAD.length)) {
                return i;
            }
        }
        return -1;
    }
}
