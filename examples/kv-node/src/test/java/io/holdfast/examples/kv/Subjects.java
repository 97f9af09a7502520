package io.holdfast.examples.kv;

import io.holdfast.core.env.MonotonicClock;
import io.holdfast.examples.kv.KvClient.Reply;
import io.holdfast.examples.kv.KvClient.Request;
import io.holdfast.testkit.history.CounterModel;
import io.holdfast.testkit.history.HistoryProbes;
import io.holdfast.testkit.history.LockModel;
import io.holdfast.testkit.history.Outcome;
import io.holdfast.testkit.history.QueueModel;
import io.holdfast.testkit.history.RegisterModel;
import io.holdfast.testkit.history.VersionedModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What the nodes are tried with. */
final class Subjects {
    /** Longer than any run: no lock goes by itself. */
    private static final long TTL_MILLIS = 3_600_000;

    private Subjects() {}

    static List<Subject<?, ?, ?>> all(MonotonicClock clock, int clients) {
        return List.of(
                new Registers(clock, clients),
                new Versions(clock, clients),
                new Counters(clock, clients),
                new Locks(clock, clients),
                new Queues(clock, clients));
    }

    /** A key that is read, written, and compared and set. */
    private static final class Registers extends Subject<Optional<String>, RegisterModel.Input, RegisterModel.Output> {
        Registers(MonotonicClock clock, int clients) {
            super("register", new RegisterModel(), clock, clients);
        }

        @Override
        Reply act(Actor actor, String key) {
            int dice = actor.random().nextInt(10);
            if (dice < 4) {
                Reply reply = read(actor, key, new RegisterModel.Read(), Request.get("/kv/" + key), Registers::value);
                if (reply instanceof Reply.Done done) {
                    actor.remember(key, done.is(200) ? done.body() : "");
                }
                return reply;
            }
            String to = actor.newValue();
            if (dice < 6) {
                Request put = new Request("PUT", "/kv/" + key, to);
                return write(actor, key, new RegisterModel.Write(to), put, done -> new RegisterModel.Written());
            }
            String from = actor.remembered(key);
            Request cas = Request.post("/kv/" + key + "/cas?from=" + from + "&to=" + to);
            Reply reply = write(
                    actor,
                    key,
                    new RegisterModel.Cas(from.isEmpty() ? null : from, to),
                    cas,
                    done -> new RegisterModel.Swapped(done.is(200)));
            if (reply instanceof Reply.Done done && done.is(200)) {
                actor.remember(key, to);
            }
            return reply;
        }

        private static RegisterModel.Output value(Reply.Done done) {
            return new RegisterModel.Value(done.is(404) ? null : done.body());
        }

        @Override
        boolean look(Actor actor, int node, String key) {
            return readAt(node, actor, key, new RegisterModel.Read(), Request.get("/kv/" + key), Registers::value)
                    instanceof Reply.Done;
        }
    }

    /** A key that is read and written, with the revisions that are told. */
    private static final class Versions
            extends Subject<VersionedModel.State, VersionedModel.Input, VersionedModel.Output> {
        Versions(MonotonicClock clock, int clients) {
            super("version", new VersionedModel(), clock, clients);
        }

        @Override
        Reply act(Actor actor, String key) {
            if (actor.random().nextBoolean()) {
                return read(actor, key, new VersionedModel.Get(), Request.get("/kv/" + key), Versions::found);
            }
            String value = actor.newValue();
            Request put = new Request("PUT", "/kv/" + key, value);
            return write(
                    actor, key, new VersionedModel.Put(value), put, done -> new VersionedModel.Stored(done.number()));
        }

        private static VersionedModel.Output found(Reply.Done done) {
            return done.is(404)
                    ? new VersionedModel.Absent()
                    : new VersionedModel.Found(done.body(), Long.parseLong(done.revision()));
        }

        @Override
        boolean look(Actor actor, int node, String key) {
            return readAt(node, actor, key, new VersionedModel.Get(), Request.get("/kv/" + key), Versions::found)
                    instanceof Reply.Done;
        }
    }

    /** A counter that only grows. */
    private static final class Counters extends Subject<Long, CounterModel.Input, CounterModel.Value> {
        private final Map<String, Long> last = new ConcurrentHashMap<>();

        Counters(MonotonicClock clock, int clients) {
            super("counter", new CounterModel(), clock, clients);
        }

        @Override
        Reply act(Actor actor, String key) {
            if (actor.random().nextInt(10) < 3) {
                return read(actor, key, new CounterModel.Read(), Request.get("/counter/" + key), Counters::value);
            }
            // amounts that differ tell which of the additions of unknown outcome were done
            long amount = actor.random().nextInt(1, 100_000);
            Request add = Request.post("/counter/" + key + "?add=" + amount);
            return write(actor, key, new CounterModel.Add(amount), add, Counters::value);
        }

        private static CounterModel.Value value(Reply.Done done) {
            return new CounterModel.Value(done.number());
        }

        @Override
        boolean look(Actor actor, int node, String key) {
            Reply reply =
                    readAt(node, actor, key, new CounterModel.Read(), Request.get("/counter/" + key), Counters::value);
            if (reply instanceof Reply.Done done) {
                last.put(key, done.number());
            }
            return reply instanceof Reply.Done;
        }

        @Override
        List<String> problems() {
            return HistoryProbes.countersOff(history(), last);
        }
    }

    /** A lock with tokens. */
    private static final class Locks extends Subject<LockModel.State, LockModel.Input, LockModel.Output> {
        Locks(MonotonicClock clock, int clients) {
            super("lock", LockModel.strict().withReentrance(), clock, clients);
        }

        @Override
        Reply act(Actor actor, String key) {
            String token = actor.remembered(key);
            if (token.isEmpty() || actor.random().nextInt(10) < 2) {
                return acquire(actor, key);
            }
            actor.remember(key, "");
            Request release = new Request("DELETE", "/lock/" + key + "?owner=" + actor.name() + "&token=" + token, "");
            return write(
                    actor,
                    key,
                    new LockModel.Release(Long.parseLong(token)),
                    release,
                    done -> new LockModel.Released(done.is(200)));
        }

        private Reply acquire(Actor actor, String key) {
            Request request = Request.post("/lock/" + key + "?owner=" + actor.name() + "&ttlMs=" + TTL_MILLIS);
            Reply reply = write(
                    actor,
                    key,
                    new LockModel.Acquire(actor.name()),
                    request,
                    done -> done.is(200) ? new LockModel.Acquired(done.number()) : new LockModel.Held());
            if (reply instanceof Reply.Done done && done.is(200)) {
                actor.remember(key, done.body());
            }
            return reply;
        }

        /** Asking for the lock tells whether it is held: by an own name, so that it goes on being held. */
        @Override
        boolean look(Actor actor, int node, String key) {
            return acquire(actor, key) instanceof Reply.Done;
        }

        /** The model says so too; this needs no search. */
        @Override
        List<String> problems() {
            List<String> problems = super.problems();
            record Grant(String key, long token) {}
            Map<Grant, String> owners = new HashMap<>();
            for (var operation : history().operations()) {
                if (operation.input() instanceof LockModel.Acquire acquire
                        && operation.outcome() instanceof Outcome.Ok<LockModel.Output> ok
                        && ok.output() instanceof LockModel.Acquired acquired) {
                    String other = owners.putIfAbsent(new Grant(operation.key(), acquired.token()), acquire.owner());
                    if (other != null && !other.equals(acquire.owner())) {
                        problems.add(operation + ": the token was " + other + "'s already");
                    }
                }
            }
            return problems;
        }
    }

    /** A queue whose items are all different. */
    private static final class Queues extends Subject<QueueModel.State, QueueModel.Input, QueueModel.Output> {
        Queues(MonotonicClock clock, int clients) {
            super("queue", new QueueModel(), clock, clients);
        }

        @Override
        Reply act(Actor actor, String key) {
            if (actor.random().nextInt(100) < 48) {
                return poll(actor, key);
            }
            String value = actor.newValue();
            Request offer = new Request("POST", "/queue/" + key, value);
            return write(actor, key, new QueueModel.Offer(value), offer, done -> new QueueModel.Offered());
        }

        private Reply poll(Actor actor, String key) {
            return write(
                    actor,
                    key,
                    new QueueModel.Poll(),
                    Request.post("/queue/" + key + "/poll"),
                    done -> new QueueModel.Polled(done.is(204) ? null : done.body()));
        }

        /** Takes what is left, to the end. */
        @Override
        boolean look(Actor actor, int node, String key) {
            Reply reply = poll(actor, key);
            while (reply instanceof Reply.Done done && done.is(200)) {
                reply = poll(actor, key);
            }
            return reply instanceof Reply.Done;
        }

        /** An item is delivered once at most. */
        @Override
        List<String> problems() {
            List<String> problems = new ArrayList<>(super.problems());
            Map<String, Object> delivered = new HashMap<>();
            for (var operation : history().operations()) {
                if (operation.outcome() instanceof Outcome.Ok<QueueModel.Output> ok
                        && ok.output() instanceof QueueModel.Polled polled
                        && polled.value() != null) {
                    Object before = delivered.putIfAbsent(polled.value(), operation);
                    if (before != null) {
                        problems.add(operation + ": delivered before by " + before);
                    }
                }
            }
            return problems;
        }
    }
}
