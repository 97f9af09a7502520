package io.holdfast.codec;

import io.holdfast.core.CodecException;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.dataformat.cbor.CBORFactory;

/**
 * {@link Codec} in CBOR (RFC 8949). Records are maps by component name, sealed types are {@code [simple name, value]},
 * arguments are an array. One instance serves all contracts of a node: nothing is registered and nothing freezes.
 *
 * <p>Safe for use by many threads; no state is bound to a thread.
 */
public final class CborCodec implements Codec {
    private final CodecLimits limits;
    private final TokenStreamFactory factory;

    private CborCodec(CodecLimits limits) {
        this.limits = limits;
        this.factory = CBORFactory.builder()
                // After a failure the container is incomplete; closing gives back the buffers and nothing else.
                .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
                .recyclerPool(new CodecBuffers())
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.maxDepth())
                        .maxTokenCount(limits.maxTokens())
                        .maxNameLength(RecordNode.LONGEST_NAME)
                        .build())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(limits.maxDepth())
                        .build())
                .build();
    }

    /**
     * Makes a codec. Share it: it keeps a small pool of buffers.
     *
     * @param limits what a decode may cost; see {@link CodecLimits#standard()}
     * @return the codec
     */
    public static CborCodec of(CodecLimits limits) {
        return new CborCodec(limits);
    }

    @Override
    public <T> TypeCodec<T> forType(Type type) {
        return new Bound<>(new TypeGraph(factory).node(type, type.getTypeName()), type.getTypeName());
    }

    @Override
    public TypeCodec<Object[]> forArguments(List<Type> parameterTypes) {
        TypeGraph graph = new TypeGraph(factory);
        Node[] nodes = new Node[parameterTypes.size()];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = graph.node(parameterTypes.get(i), "parameter " + i);
        }
        return new Bound<>(new ArgumentsNode(nodes), "arguments");
    }

    private final class Bound<T> implements TypeCodec<T> {
        private final Node root;
        private final String what;

        private Bound(Node root, String what) {
            this.root = root;
            this.what = what;
        }

        @Override
        public byte[] encode(@Nullable T value) {
            try (var out = new CborWriter(factory)) {
                try {
                    root.put(out, value);
                    return out.toByteArray();
                } catch (RuntimeException e) {
                    throw new CodecException("cannot encode %s%s: %s".formatted(what, at(out.place()), reason(e)), e);
                }
            }
        }

        @Override
        @SuppressWarnings("unchecked") // the root node was built from the type that T stands for
        public @Nullable T decode(byte[] bytes) {
            try (var in = new CborReader(factory, bytes, limits)) {
                try {
                    in.next();
                    Object value = root.take(in);
                    if (in.next() != null) {
                        throw new MalformedException("bytes follow the value; send one value per message");
                    }
                    return (T) value;
                } catch (RuntimeException e) { // also what a record's constructor throws: the sender chose the values
                    throw new CodecException(
                            "cannot decode %d bytes as %s%s: %s"
                                    .formatted(bytes.length, what, at(in.place()), reason(e)),
                            e);
                }
            }
        }

        private static String at(String pointer) {
            return pointer.isEmpty() ? "" : " at " + Quote.place(pointer);
        }

        private static @Nullable String reason(RuntimeException e) {
            return e instanceof JacksonException jackson ? jackson.getOriginalMessage() : e.getMessage();
        }
    }
}
