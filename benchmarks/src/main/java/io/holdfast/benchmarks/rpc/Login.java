package io.holdfast.benchmarks.rpc;

import com.google.rpc.context.AttributeContext;

/**
 * The record that is echoed: 100 bytes as protobuf. It mirrors a message whose protobuf classes, made by protoc, come with grpc-java ({@code google.rpc.context.AttributeContext.Peer}),
 * so that gRPC runs the code that its users run.
 *
 * @param ip an address
 * @param port a port
 * @param principal a name
 * @param regionCode a place
 */
public record Login(String ip, long port, String principal, String regionCode) {
    static final Login SAMPLE = new Login(
            "192.168.117.204",
            54_321,
            "spiffe://example.org/catalog/accounts/reader-0042/session-7f3a901",
            "eu-west-1b");

    AttributeContext.Peer toProtobuf() {
        return AttributeContext.Peer.newBuilder()
                .setIp(ip)
                .setPort(port)
                .setPrincipal(principal)
                .setRegionCode(regionCode)
                .build();
    }

    static Login of(AttributeContext.Peer message) {
        return new Login(message.getIp(), message.getPort(), message.getPrincipal(), message.getRegionCode());
    }

    /** The protobuf encoding: what peers without a codec of their own carry. */
    static byte[] bytes() {
        return SAMPLE.toProtobuf().toByteArray();
    }
}
