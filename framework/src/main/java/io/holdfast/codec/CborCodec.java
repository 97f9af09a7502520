package io.holdfast.codec;

import io.holdfast.core.CodecException;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link Codec} in CBOR (RFC 8949). Records are maps by component name, sealed types are {@code [simple name, value]},
 * arguments are an array. One instance serves all contracts of a node: nothing is registered and nothing freezes.
 */
public final class CborCodec implements Codec {

    private final CodecLimits limits;

    private CborCodec(CodecLimits limits) {
        this.limits = limits;
    }

    /** A codec with the given limits; see {@link CodecLimits#standard()}. */
    public static CborCodec of(CodecLimits limits) {
        return new CborCodec(limits);
    }

    @Override
    public <T> TypeCodec<T> forType(Type type) {
        return new Bound<>(new TypeGraph().node(type, type.getTypeName()));
    }

    @Override
    public TypeCodec<Object[]> forArguments(List<Type> parameterTypes) {
        TypeGraph graph = new TypeGraph();
        Node[] nodes = new Node[parameterTypes.size()];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = graph.node(parameterTypes.get(i), "parameter " + i);
        }
        return new Bound<>(new ArgumentsNode(nodes));
    }

    private final class Bound<T> implements TypeCodec<T> {
        private final Node root;

        private Bound(Node root) {
            this.root = root;
        }

        @Override
        public byte[] encode(@Nullable T value) {
            try {
                var out = new CborWriter(limits.maxDepth());
                root.put(out, value);
                return out.toByteArray();
            } catch (RuntimeException e) {
                throw new CodecException("cannot encode a value: " + e.getMessage(), e);
            }
        }

        @Override
        @SuppressWarnings("unchecked") // the root node was built from the type that T stands for
        public @Nullable T decode(byte[] bytes) {
            try {
                var in = new CborReader(bytes, limits);
                in.next();
                Object value = root.take(in);
                if (!in.atEnd()) {
                    throw new MalformedException("bytes follow the value; send one value per message");
                }
                return (T) value;
            } catch (RuntimeException e) { // also what a record's constructor throws: the sender chose the values
                throw new CodecException("cannot decode " + bytes.length + " bytes: " + e.getMessage(), e);
            }
        }
    }
}
