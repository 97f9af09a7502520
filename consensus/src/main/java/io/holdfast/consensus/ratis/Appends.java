package io.holdfast.consensus.ratis;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnknownOutcomeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/**
 * The entries that this replica appended and whose results are awaited. Results go from the applier straight to who appended, not through Ratis, which would keep each for a
 * second on every replica; Ratis' own answer only tells of failures. Bounded by Ratis' limit of pending requests.
 */
final class Appends {
    private static final class Pending {
        final CompletableFuture<byte[]> result = new CompletableFuture<>();
        /** Whether the entry may be in the log. */
        volatile boolean appending;
    }

    private final Wiring wiring;
    private final ReplicaMeters meters;
    private final ClientId client;
    private final ByteString clientBytes;
    private final AtomicLong calls = new AtomicLong();
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();

    Appends(Wiring wiring, ReplicaMeters meters) {
        this.wiring = wiring;
        this.meters = meters;
        this.client = ClientId.randomId();
        this.clientBytes = client.toByteString();
    }

    long nextCall() {
        return calls.incrementAndGet();
    }

    ClientId client() {
        return client;
    }

    CompletableFuture<byte[]> append(RaftClientAsynchronousProtocol division, byte[] entry) {
        long start = wiring.nowNanos();
        CompletableFuture<byte[]> result = appendNow(division, entry);
        result.whenComplete((bytes, failure) -> meters.appended(start, failure));
        return result;
    }

    private CompletableFuture<byte[]> appendNow(RaftClientAsynchronousProtocol division, byte[] entry) {
        if (entry.length > wiring.node().config().maxEntry().bytes()) {
            return CompletableFuture.failedFuture(
                    new NotAppliedException("entry (" + entry.length + " bytes) must have at most max-entry ("
                            + wiring.node().config().maxEntry() + "); split it"));
        }
        long call = nextCall();
        Pending waiting = new Pending();
        pending.put(call, waiting);
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(wiring.selfId())
                .setGroupId(wiring.groupId())
                .setCallId(call)
                .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
                .setType(RaftClientRequest.writeRequestType())
                .build();
        try {
            division.submitClientRequestAsync(request).whenComplete((reply, failure) -> ended(call, reply, failure));
        } catch (IOException | RuntimeException e) {
            ended(call, null, e);
        }
        return waiting.result;
    }

    /** The entry goes into the log now. */
    void appending(long call) {
        Pending waiting = pending.get(call);
        if (waiting != null) {
            waiting.appending = true;
        }
    }

    void applied(StateMachineLogEntryProto entry, byte[] result) {
        if (entry.getClientId().equals(clientBytes)) {
            Pending waiting = pending.remove(entry.getCallId());
            if (waiting != null) {
                waiting.result.complete(result);
            }
        }
    }

    private void ended(long call, @Nullable RaftClientReply reply, @Nullable Throwable failure) {
        Throwable cause = failure != null ? failure : reply == null ? null : reply.getException();
        if (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        Pending waiting = pending.remove(call);
        if (waiting != null) { // otherwise the applier has answered
            if (cause == null) {
                cause = new IOException("the replica stopped before it applied the entry");
            }
            waiting.result.completeExceptionally(outcome(waiting.appending, cause));
        }
    }

    private HoldfastException outcome(boolean appending, @Nullable Throwable cause) {
        if (appending) {
            return new UnknownOutcomeException(
                    "raft peer " + wiring.self() + " stopped leading group " + wiring.group()
                            + " while the entry was under way (" + cause
                            + "); it may still be committed: ask the next leader",
                    cause);
        }
        if (cause instanceof ResourceUnavailableException) {
            return new OverloadedException(
                    "raft group " + wiring.group() + " has pending-entries ("
                            + wiring.node().config().pendingEntries() + ") or pending-bytes ("
                            + wiring.node().config().pendingBytes()
                            + ") of entries under way; send fewer or larger ones",
                    Duration.ofMillis(20));
        }
        return new NotAppliedException(
                "raft peer " + wiring.self() + " did not append to group " + wiring.group() + ": " + cause
                        + "; ask the leader",
                cause);
    }

    /** The replica stops: nobody will answer. */
    void close() {
        for (Long call : pending.keySet()) {
            ended(call, null, new IOException("the replica stops"));
        }
    }
}
