package io.holdfast.sharding.entity;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A number with a key. */
final class Counter implements EntityType {
    static final long ADD = 1;
    static final long GET = 2;
    static final long ADD_AND_THROW = 3;
    static final long ADD_AND_REJECT = 4;
    static final long REMIND = 5;
    static final long FORGET = 6;
    static final long CLEAR = 7;
    static final long LARGE_ANSWER = 8;
    static final long PAD = 9;
    static final long TAKE = 10;
    static final long TAKE_OR_THROW = 11;

    final AtomicInteger created = new AtomicInteger();
    final AtomicInteger passivated = new AtomicInteger();
    final AtomicInteger done = new AtomicInteger();
    final AtomicInteger failReminders = new AtomicInteger();
    final List<String> reminded = new CopyOnWriteArrayList<>();
    private final Duration idle;

    Counter() {
        this(Duration.ofMinutes(5));
    }

    Counter(Duration idle) {
        this.idle = idle;
    }

    static byte[] number(long value) {
        return ByteBuffer.allocate(8).putLong(value).array();
    }

    static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }

    @Override
    public String name() {
        return "counter";
    }

    @Override
    public Traits traits() {
        return new Traits(1, false, idle);
    }

    @Override
    public Entity create(String key, EntityScope scope) {
        created.incrementAndGet();
        return new Live(key, scope);
    }

    private final class Live implements Entity {
        private final String key;
        private final EntityScope scope;
        private long remembered; // must never outlive a change that was not kept

        Live(String key, EntityScope scope) {
            this.key = key;
            this.scope = scope;
            this.remembered = value();
        }

        private long value() {
            return scope.state().map(stored -> number(stored.bytes())).orElse(0L);
        }

        private long add(long amount) {
            remembered += amount;
            byte[] padded = new byte[scope.state().map(s -> s.bytes().length).orElse(8)];
            ByteBuffer.wrap(padded).putLong(remembered);
            scope.state(Optional.of(padded));
            return remembered;
        }

        /** Changes nothing if there is too little. */
        private long take(long amount, boolean throwing) {
            if (remembered >= amount) {
                return add(-amount);
            } else if (throwing) {
                throw new IllegalStateException("too little");
            }
            return -1;
        }

        @Override
        public Reply call(long method, byte[] arguments) {
            done.incrementAndGet();
            if (method == GET) {
                return new Reply(number(remembered), true);
            } else if (method == ADD) {
                return new Reply(number(add(number(arguments))), true);
            } else if (method == ADD_AND_REJECT) {
                return new Reply(number(add(number(arguments))), false);
            } else if (method == ADD_AND_THROW) {
                add(number(arguments));
                throw new IllegalStateException("on purpose");
            } else if (method == TAKE || method == TAKE_OR_THROW) {
                return new Reply(number(take(number(arguments), method == TAKE_OR_THROW)), true);
            } else if (method == REMIND) {
                scope.remind("wake", Duration.ofMillis(number(arguments)));
            } else if (method == FORGET) {
                scope.forget("wake");
            } else if (method == CLEAR) {
                remembered = 0;
                scope.state(Optional.empty());
            } else if (method == LARGE_ANSWER) {
                return new Reply(new byte[(int) number(arguments)], add(1) > 0);
            } else if (method == PAD) {
                scope.state(Optional.of(ByteBuffer.allocate((int) number(arguments))
                        .putLong(remembered)
                        .array()));
            }
            return new Reply(number(remembered), true);
        }

        @Override
        public void remind(String name) {
            if (failReminders.getAndDecrement() > 0) {
                add(1_000_000);
                throw new IllegalStateException("not now");
            }
            reminded.add(key);
            add(1000);
        }

        @Override
        public void passivate() {
            passivated.incrementAndGet();
        }
    }
}
