package io.holdfast.testkit.sim;

import io.holdfast.core.Address;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A small protocol to try the simulator on: once a second each node asks a random other one, which answers; what it is told to remember it persists. */
final class Chatter implements Protocol<Chatter.Ask, Chatter.Word, Chatter.Tick, String> {
    sealed interface Word {}

    record Ping(long number) implements Word {}

    record Ack(long number) implements Word {}

    record Note(int value) implements Word {}

    record Tick(long number) {}

    sealed interface Ask {}

    record Send(Address to, int value) implements Ask {}

    record Remember(int value, Address tell) implements Ask {}

    record Closed(Address peer) implements Ask {}

    static final long INTERVAL = Duration.ofSeconds(1).toNanos();

    final List<Integer> notes = new ArrayList<>();
    final List<Long> tickTimes = new ArrayList<>();
    final int remembered;
    private final SimHost host;
    private final RandomGenerator random;
    long acks;
    private long number;

    Chatter(SimHost host) {
        this.host = host;
        this.random = host.environment().random().split("chatter");
        this.remembered = host.cells()
                .read("memory")
                .map(bytes -> ByteBuffer.wrap(bytes).getInt())
                .orElse(0);
    }

    @Override
    public void onStart(long nowNanos, Outbox<Word, Tick, String> out) {
        out.wakeAt(nowNanos + INTERVAL, new Tick(0));
        out.publish("started " + host.life());
    }

    @Override
    public void onRequest(Ask ask, long nowNanos, Outbox<Word, Tick, String> out) {
        if (ask instanceof Send send) {
            out.send(send.to(), new Note(send.value()));
        } else if (ask instanceof Remember remember) {
            out.persist(
                    "memory", ByteBuffer.allocate(4).putInt(remember.value()).array());
            out.send(remember.tell(), new Note(remember.value()));
        } else if (ask instanceof Closed closed) {
            out.publish("closed " + closed.peer().host());
        }
    }

    @Override
    public void onMessage(Address from, Word word, long nowNanos, Outbox<Word, Tick, String> out) {
        if (word instanceof Ping ping) {
            out.send(from, new Ack(ping.number()));
        } else if (word instanceof Note note) {
            notes.add(note.value());
        } else {
            acks++;
        }
    }

    @Override
    public void onTimer(Tick tick, long nowNanos, Outbox<Word, Tick, String> out) {
        tickTimes.add(nowNanos);
        Address peer = host.planned().get(random.nextInt(host.planned().size()));
        out.send(peer, new Ping(number++));
        out.wakeAt(nowNanos + INTERVAL, new Tick(tick.number() + 1));
    }
}
