package io.holdfast.transport.netty;

import io.holdfast.core.Check;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.Message;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Handlers by route, found by the bytes of a frame without making a string. Reads from any thread see an immutable snapshot; writes copy. Routes are registered by this node's
 * own code only, so their number needs no bound.
 *
 * @param <H> the handlers' type
 */
final class RouteTable<H> {
    private final Map<String, H> handlers = new HashMap<>();
    private volatile Snapshot snapshot = Snapshot.of(Map.of());

    synchronized Registration add(String route, H handler) {
        Check.that(
                !route.isEmpty() && route.getBytes(StandardCharsets.UTF_8).length <= Message.MAX_ROUTE,
                "route (%s) must have 1 to %d bytes",
                route,
                Message.MAX_ROUTE);
        Check.that(
                handlers.putIfAbsent(route, handler) == null,
                "route (%s) is served already; close the other registration first",
                route);
        snapshot = Snapshot.of(handlers);
        return () -> remove(route, handler);
    }

    private synchronized void remove(String route, H handler) {
        if (handlers.remove(route, handler)) {
            snapshot = Snapshot.of(handlers);
        }
    }

    /** The handler of the route that stands in a buffer, or null. */
    @SuppressWarnings("unchecked") // only handlers of this type were put in
    @Nullable H find(ByteBuf in, int index, int length) {
        return (H) snapshot.find(in, index, length);
    }

    private record Snapshot(
            int mask, byte[] @Nullable [] routes, @Nullable Object[] handlers) {
        static Snapshot of(Map<String, ?> all) {
            int slots = Integer.highestOneBit(Math.max(4, all.size() * 2)) * 2;
            byte[] @Nullable [] routes = new byte[slots] @Nullable [];
            @Nullable Object[] handlers = new @Nullable Object[slots];
            all.forEach((route, handler) -> {
                byte[] bytes = route.getBytes(StandardCharsets.UTF_8);
                int slot = Arrays.hashCode(bytes) & (slots - 1);
                while (routes[slot] != null) {
                    slot = (slot + 1) & (slots - 1);
                }
                routes[slot] = bytes;
                handlers[slot] = handler;
            });
            return new Snapshot(slots - 1, routes, handlers);
        }

        @Nullable Object find(ByteBuf in, int index, int length) {
            int hash = 1;
            for (int i = 0; i < length; i++) {
                hash = 31 * hash + in.getByte(index + i);
            }
            for (int slot = hash & mask; ; slot = (slot + 1) & mask) {
                byte[] route = routes[slot];
                if (route == null) {
                    return null;
                }
                if (matches(route, in, index, length)) {
                    return handlers[slot];
                }
            }
        }

        private static boolean matches(byte[] route, ByteBuf in, int index, int length) {
            if (route.length != length) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (route[i] != in.getByte(index + i)) {
                    return false;
                }
            }
            return true;
        }
    }
}
