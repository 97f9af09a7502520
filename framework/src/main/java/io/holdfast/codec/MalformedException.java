package io.holdfast.codec;

/** Inside this package only: the bytes do not fit the type; {@link CborCodec} turns it into a CodecException. */
final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super(message, null, false, false); // hostile peers must not make us fill stack traces
    }
}
