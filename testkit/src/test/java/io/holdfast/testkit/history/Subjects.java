package io.holdfast.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The five models beside plain objects that do what they describe. Values are few, so that accidents are likely. */
final class Subjects {
    private Subjects() {}

    /** With a queue whose values come again, which is quick only for short histories. */
    static List<Subject<?, ?, ?>> all() {
        List<Subject<?, ?, ?>> all = new ArrayList<>(quick());
        all.add(fewValues());
        return all;
    }

    static List<Subject<?, ?, ?>> quick() {
        return List.of(
                register(),
                counter(),
                lock(LockModel.strict()),
                lock(LockModel.strict().withLeases()),
                lock(LockModel.strict().withReentrance()),
                versioned(),
                queue());
    }

    static Subject<?, RegisterModel.Input, RegisterModel.Output> register() {
        return new Subject<>(
                new RegisterModel(),
                () -> new Function<>() {
                    private @Nullable String value;

                    @Override
                    public RegisterModel.Output apply(RegisterModel.Input input) {
                        if (input instanceof RegisterModel.Write write) {
                            value = write.value();
                            return new RegisterModel.Written();
                        }
                        if (input instanceof RegisterModel.Cas cas) {
                            boolean done = Objects.equals(value, cas.from());
                            value = done ? cas.to() : value;
                            return new RegisterModel.Swapped(done);
                        }
                        return new RegisterModel.Value(value);
                    }
                },
                (random, number, told) -> switch (random.nextInt(3)) {
                    case 0 -> new RegisterModel.Read();
                    case 1 -> new RegisterModel.Write("v" + random.nextInt(5));
                    default -> new RegisterModel.Cas("v" + random.nextInt(5), "v" + random.nextInt(5));
                },
                random -> random.nextBoolean()
                        ? new RegisterModel.Value("v" + random.nextInt(5))
                        : new RegisterModel.Swapped(random.nextBoolean()));
    }

    static Subject<?, CounterModel.Input, CounterModel.Value> counter() {
        return new Subject<>(
                new CounterModel(),
                () -> new Function<>() {
                    private long value;

                    @Override
                    public CounterModel.Value apply(CounterModel.Input input) {
                        value += input instanceof CounterModel.Add add ? add.amount() : 0;
                        return new CounterModel.Value(value);
                    }
                },
                (random, number, told) ->
                        random.nextInt(3) == 0 ? new CounterModel.Read() : new CounterModel.Add(1 + random.nextInt(2)),
                random -> new CounterModel.Value(random.nextInt(8)));
    }

    static Subject<?, LockModel.Input, LockModel.Output> lock(LockModel model) {
        return new Subject<>(
                model,
                () -> new Function<>() {
                    private boolean held;
                    private long token;

                    @Override
                    public LockModel.Output apply(LockModel.Input input) {
                        if (input instanceof LockModel.Release release) {
                            boolean done = held && token == release.token();
                            held = held && !done;
                            return new LockModel.Released(done);
                        }
                        if (held) {
                            return new LockModel.Held();
                        }
                        held = true;
                        token++;
                        return new LockModel.Acquired(token);
                    }
                },
                (random, number, told) -> {
                    LockModel.Output last = new LockModel.Held();
                    for (LockModel.Output output : told) {
                        last = output instanceof LockModel.Held ? last : output;
                    }
                    return last instanceof LockModel.Acquired acquired && random.nextInt(4) > 0
                            ? new LockModel.Release(acquired.token())
                            : new LockModel.Acquire("o" + random.nextInt(3));
                },
                random -> random.nextBoolean()
                        ? new LockModel.Acquired(1 + random.nextInt(4))
                        : new LockModel.Released(random.nextBoolean()));
    }

    static Subject<?, VersionedModel.Input, VersionedModel.Output> versioned() {
        return new Subject<>(
                new VersionedModel(),
                () -> new Function<>() {
                    private @Nullable String value;
                    private long revision;
                    private long sequence;

                    @Override
                    public VersionedModel.Output apply(VersionedModel.Input input) {
                        sequence++; // other keys share the sequence
                        if (input instanceof VersionedModel.Put put) {
                            return stored(put.value());
                        }
                        if (input instanceof VersionedModel.Replace replace) {
                            boolean matches = value != null && revision == replace.revision();
                            return matches ? stored(replace.value()) : new VersionedModel.Refused();
                        }
                        if (input instanceof VersionedModel.Remove) {
                            boolean present = value != null;
                            value = null;
                            return new VersionedModel.Removed(present);
                        }
                        return value == null ? new VersionedModel.Absent() : new VersionedModel.Found(value, revision);
                    }

                    private VersionedModel.Output stored(String stored) {
                        value = stored;
                        revision = sequence;
                        return new VersionedModel.Stored(revision);
                    }
                },
                (random, number, told) -> switch (random.nextInt(6)) {
                    case 0, 1 -> new VersionedModel.Get();
                    case 2, 3 -> new VersionedModel.Put("v" + random.nextInt(3));
                    case 4 -> new VersionedModel.Replace("r" + random.nextInt(3), seen(told));
                    default -> new VersionedModel.Remove();
                },
                random -> random.nextBoolean()
                        ? new VersionedModel.Found("v" + random.nextInt(3), 1 + random.nextInt(8))
                        : new VersionedModel.Stored(1 + random.nextInt(8)));
    }

    private static long seen(List<VersionedModel.Output> told) {
        long latest = 1;
        for (VersionedModel.Output output : told) {
            latest = output instanceof VersionedModel.Found found ? found.revision() : latest;
            latest = output instanceof VersionedModel.Stored stored ? stored.revision() : latest;
        }
        return latest;
    }

    static Subject<?, QueueModel.Input, QueueModel.Output> queue() {
        return queue(Integer.MAX_VALUE);
    }

    static Subject<?, QueueModel.Input, QueueModel.Output> fewValues() {
        return queue(3);
    }

    private static Subject<?, QueueModel.Input, QueueModel.Output> queue(int values) {
        return new Subject<>(
                new QueueModel(),
                () -> new Function<>() {
                    private final Deque<String> waiting = new ArrayDeque<>();

                    @Override
                    public QueueModel.Output apply(QueueModel.Input input) {
                        if (input instanceof QueueModel.Offer offer) {
                            waiting.add(offer.value());
                            return new QueueModel.Offered();
                        }
                        return new QueueModel.Polled(waiting.poll());
                    }
                },
                (random, number, told) ->
                        random.nextBoolean() ? new QueueModel.Offer("e" + number % values) : new QueueModel.Poll(),
                random -> new QueueModel.Polled(random.nextInt(4) == 0 ? null : "e" + random.nextInt(6)));
    }
}
