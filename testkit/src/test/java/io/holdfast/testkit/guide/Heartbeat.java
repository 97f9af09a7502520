package io.holdfast.testkit.guide;

import io.holdfast.core.Address;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.testkit.sim.SimHost;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Each node greets all others once a second and publishes whom it has not heard for three. */
final class Heartbeat implements Protocol<Void, String, String, String> {
    private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

    private final SimHost host;
    private final Map<Address, Long> heardAt = new HashMap<>();
    private final Set<Address> silent = new TreeSet<>();

    Heartbeat(SimHost host) {
        this.host = host;
    }

    boolean isSilent(String node) {
        return silent.stream().anyMatch(address -> address.host().equals(node));
    }

    @Override
    public void onStart(long nowNanos, Outbox<String, String, String> out) {
        host.planned().forEach(peer -> heardAt.put(peer, nowNanos));
        onTimer("beat", nowNanos, out);
    }

    @Override
    public void onTimer(String timer, long nowNanos, Outbox<String, String, String> out) {
        heardAt.forEach((peer, at) -> {
            if (nowNanos - at > 3 * INTERVAL && silent.add(peer)) {
                out.publish("lost " + peer.host());
            }
        });
        host.planned().forEach(peer -> out.send(peer, "hello"));
        out.wakeAt(nowNanos + INTERVAL, "beat");
    }

    @Override
    public void onMessage(Address from, String message, long nowNanos, Outbox<String, String, String> out) {
        heardAt.put(from, nowNanos);
        silent.remove(from);
    }

    @Override
    public void onRequest(Void request, long nowNanos, Outbox<String, String, String> out) {
        throw new UnsupportedOperationException("this protocol takes no requests");
    }
}
