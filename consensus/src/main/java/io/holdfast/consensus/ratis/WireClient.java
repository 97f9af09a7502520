package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.transport.Message;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;

/** Sends Raft's messages to the other replicas of a group. */
final class WireClient {
    private final Wiring wiring;

    WireClient(Wiring wiring) {
        this.wiring = wiring;
    }

    /** The answer's bytes; completed on the transport's thread. */
    CompletableFuture<byte[]> send(Route route, RaftRpcRequestProto header, MessageLite request, Duration limit) {
        PeerId to;
        try {
            to = PeerId.parse(header.getReplyId().toStringUtf8());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        Optional<Address> address = wiring.node().addresses().apply(to.node());
        if (address.isEmpty()) {
            return CompletableFuture.failedFuture(new UnavailableException("node " + to.node() + " of raft group "
                    + wiring.group() + " has no known address; it is not in the cluster's view"));
        }
        CallContext context = CallContext.EMPTY.withDeadline(Deadline.after(wiring.nowNanos(), limit));
        Message message = new Message(route.of(wiring.group()), context, request.toByteArray(), route.lane());
        return wiring.node().transport().request(address.get(), message);
    }
}
