package io.holdfast.benchmarks.rpc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Everything that can be measured, by the name in the table. */
final class Peers {
    static final String HOLDFAST = "holdfast";
    static final String HOLDFAST_INLINE = "holdfast-nonblocking";
    static final String HOLDFAST_SYNC = "holdfast-sync";
    static final String GRPC = "grpc";
    static final String GRPC_DIRECT = "grpc-direct";
    static final String GRPC_SYNC = "grpc-sync";
    static final String RSOCKET = "rsocket";

    private static final Map<String, Supplier<EchoPeer>> ALL = all();

    private Peers() {}

    private static Map<String, Supplier<EchoPeer>> all() {
        Map<String, Supplier<EchoPeer>> peers = new LinkedHashMap<>();
        peers.put(HOLDFAST, () -> new HoldfastEcho(HoldfastEcho.Style.LATER));
        peers.put(HOLDFAST_INLINE, () -> new HoldfastEcho(HoldfastEcho.Style.INLINE));
        peers.put(HOLDFAST_SYNC, () -> new HoldfastEcho(HoldfastEcho.Style.SYNC));
        peers.put("holdfast-wire", WireEcho::new);
        peers.put(GRPC, () -> new GrpcEcho(false, false));
        peers.put(GRPC_DIRECT, () -> new GrpcEcho(true, false));
        peers.put(GRPC_SYNC, () -> new GrpcEcho(false, true));
        peers.put(RSOCKET, RSocketEcho::new);
        peers.put("netty", NettyEcho::new);
        return peers;
    }

    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    static EchoPeer named(String name) {
        Supplier<EchoPeer> peer = ALL.get(name);
        if (peer == null) {
            throw new IllegalArgumentException("peer (" + name + ") must be one of " + names());
        }
        return peer.get();
    }
}
