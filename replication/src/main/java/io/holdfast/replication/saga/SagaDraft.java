package io.holdfast.replication.saga;

import io.holdfast.core.Check;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/** What all parts of a definition share while it is built. */
final class SagaDraft<I> {
    private static final int MAX_NODES = 256;
    private static final int MAX_DEPTH = 8;

    final String name;
    final int version;
    final Codec codec;
    final TypeCodec<I> input;
    private final Set<String> names = new HashSet<>();
    private int depth;
    Duration deadline = Duration.ZERO;

    SagaDraft(String name, int version, Class<I> input, Codec codec) {
        this.name = name;
        this.version = version;
        this.codec = codec;
        this.input = codec.forType(input);
    }

    String take(String step) {
        Check.label("step of saga " + name, step);
        Check.that(names.add(step), "saga %s has two steps named %s; give each a name of its own", name, step);
        Check.that(
                names.size() <= MAX_NODES,
                "saga %s must have at most %d steps; put some into a child saga",
                name,
                MAX_NODES);
        return step;
    }

    void nest(Runnable inside) {
        Check.that(++depth <= MAX_DEPTH, "saga %s nests parallel steps more than %d deep; flatten it", name, MAX_DEPTH);
        inside.run();
        depth--;
    }

    I decode(byte[] bytes) {
        return Objects.requireNonNull(input.decode(bytes), "the input of a saga is not null");
    }
}
