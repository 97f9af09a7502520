package io.holdfast.sharding.entity;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes down each call that had an effect, in order, under the number that its caller gave it. Takes the counter's place. */
final class Ledger implements EntityType {
    static final long APPEND = 1;
    static final long APPEND_IF_EVEN = 2;
    static final long APPEND_IF_EVEN_OR_THROW = 3;
    static final long READ = 4;
    static final long NOT_DONE = -1;

    static List<Long> entries(byte[] bytes) {
        List<Long> entries = new ArrayList<>();
        for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
            entries.add(left.getLong());
        }
        return entries;
    }

    @Override
    public String name() {
        return "counter";
    }

    @Override
    public Traits traits() {
        return new Traits(1, false, Duration.ofSeconds(2));
    }

    @Override
    public Entity create(String key, EntityScope scope) {
        return new Entity() {
            @Override
            public Reply call(long method, byte[] arguments) {
                byte[] now = scope.state().map(EntityScope.Stored::bytes).orElse(new byte[0]);
                boolean even = now.length % 16 == 0;
                if (method == READ) {
                    return new Reply(now, true);
                } else if (method == APPEND_IF_EVEN_OR_THROW && !even) {
                    throw new IllegalStateException("odd");
                } else if (method == APPEND_IF_EVEN && !even) {
                    return new Reply(Counter.number(NOT_DONE), true);
                }
                byte[] next = ByteBuffer.allocate(now.length + 8)
                        .put(now)
                        .put(arguments)
                        .array();
                scope.state(Optional.of(next));
                return new Reply(Counter.number(next.length / 8), true);
            }

            @Override
            public void remind(String name) {}
        };
    }
}
