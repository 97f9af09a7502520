package io.holdfast.codec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.sym.PropertyNameMatcher;
import tools.jackson.dataformat.cbor.CBORParser;

/**
 * Reads one message, from bytes that nobody vouches for, with Jackson's parser, which bounds depth and tokens and
 * believes no claimed length. This class adds what the parser leaves open: tags are refused (some cost more than their
 * bytes), text must be UTF-8 as RFC 3629 has it, and costs without bytes are charged. One thread, one message.
 */
final class CborReader implements AutoCloseable {
    private static final int NO_TAG = -1;
    private static final int IN_PLACE = 24; // smaller lengths stand in the first byte
    private static final int EIGHT_BYTES = 27;
    private static final char REPLACEMENT = '\ufffd';
    private final byte[] bytes;
    private final CodecLimits limits;
    private final CBORParser in;
    private long charged;
    private long collisions;

    CborReader(TokenStreamFactory factory, byte[] bytes, CodecLimits limits) {
        this.bytes = bytes;
        this.limits = limits;
        this.in = (CBORParser) factory.createParser(ObjectReadContext.empty(), bytes);
    }

    /** Gives the buffers back to the pool. */
    @Override
    public void close() {
        in.close();
    }

    /** Where the reader stands, as a JSON pointer (RFC 6901) made of the peer's names. */
    String place() {
        return in.streamReadContext().pathAsPointer().toString();
    }

    JsonToken token() {
        return in.currentToken();
    }

    /** The next token, or null at the end of the message. */
    @Nullable JsonToken next() {
        JsonToken token = in.nextToken();
        refuseTag();
        return token;
    }

    /** Reads the next name of a map, or its end; see {@link JsonParser#nextNameMatch}. */
    int nextName(PropertyNameMatcher names) {
        int match = in.nextNameMatch(names);
        refuseTag();
        return match;
    }

    /** Passes over the value that the reader stands on; the depth and token limits hold inside it too. */
    void skip() {
        if (token() == JsonToken.START_ARRAY || token() == JsonToken.START_OBJECT) {
            int open = 1;
            while (open > 0) {
                JsonToken token = next();
                if (token == null) {
                    throw new MalformedException("the message ends inside a value");
                }
                open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
        }
    }

    /** The text is decoded here, strictly: Jackson's CBOR parser accepts overlong forms and surrogates. */
    String string() {
        int at = (int) in.currentTokenLocation().getByteOffset();
        int info = bytes[at++] & 0x1f;
        long length = info;
        if (info >= IN_PLACE) {
            if (info > EIGHT_BYTES) {
                throw new MalformedException("text of indefinite length is not part of this format");
            }
            int width = 1 << (info - IN_PLACE);
            if (width > bytes.length - at) {
                throw new MalformedException("the message ends inside a length");
            }
            length = 0;
            for (int i = 0; i < width; i++) {
                length = (length << Byte.SIZE) | (bytes[at++] & 0xff);
            }
        }
        if (length < 0 || length > bytes.length - at) {
            throw new MalformedException(
                    "a length of %d exceeds the %d bytes that are left".formatted(length, bytes.length - at));
        }
        String text = new String(bytes, at, (int) length, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : strict(at, (int) length);
    }

    private String strict(int at, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("text is not UTF-8");
        }
    }

    byte[] bytes() {
        return in.getBinaryValue();
    }

    long integer() {
        return in.getLongValue();
    }

    double real() {
        return in.getDoubleValue();
    }

    /** Charges for what costs memory here but no bytes there: the absent components of a record. */
    void charge(int more) {
        charged += more;
        if (charged + in.currentTokenCount() > limits.maxTokens()) {
            throw new MalformedException(
                    "the message has more than maxTokens (%d) tokens".formatted(limits.maxTokens()));
        }
    }

    /**
     * Charges for keys of one set or map whose hash codes are equal. HashMap compares each of them with each other
     * unless it can order them, so a peer could buy seconds of CPU with one message.
     */
    void chargeCollisions(int[] hashes) {
        Arrays.sort(hashes);
        int run = 0;
        for (int i = 1; i < hashes.length; i++) {
            run = hashes[i] == hashes[i - 1] ? run + 1 : 0;
            collisions += run;
        }
        if (collisions > limits.maxCollisions()) {
            throw new MalformedException(
                    "more than maxCollisions (%d) pairs of set elements or map keys share a hash code; send a List"
                            .formatted(limits.maxCollisions()));
        }
    }

    private void refuseTag() {
        if (in.getCurrentTag() != NO_TAG) {
            throw new MalformedException("tags are not part of this format");
        }
    }
}
