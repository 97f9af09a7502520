package io.holdfast.consensus.ratis;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.Exchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raft's messages on the routes of the one wire. What comes in leaves the transport's thread at once: appends with entries go to one thread of the group, so that they keep
 * their order; votes and heartbeats to another, so that they do not wait for a disk.
 */
final class WireRpc implements RaftServerRpc {
    private static final Logger log = LoggerFactory.getLogger(WireRpc.class);
    /** More than a leader can have open; beyond it a sender repeats itself. */
    private static final int WAITING = 256;

    private interface Handler<Q> {
        CompletableFuture<? extends MessageLite> handle(Q request) throws IOException;
    }

    private interface HeaderOf<Q> {
        RaftRpcRequestProto header(Q request);
    }

    private final RpcType type;
    private final Replica replica;
    private final RaftServer server;
    private final WireClient client;
    private final SnapshotArrival arrival;
    private final PreVotes preVotes;
    private final ExecutorService appends;
    private final ExecutorService control;
    private volatile List<Registration> routes = List.of();

    WireRpc(RpcType type, Replica replica, RaftServer server) {
        this.type = type;
        this.replica = replica;
        this.server = server;
        this.client = replica.client();
        this.arrival = replica.arrival();
        this.preVotes = new PreVotes(replica);
        String prefix = "raft-" + replica.wiring().group();
        this.appends = replica.wiring().node().environment().threads().serial(prefix + "-appends", WAITING);
        this.control = replica.wiring().node().environment().threads().serial(prefix + "-control", WAITING);
    }

    // ---- out -------------------------------------------------------------------------------------------------

    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
        if (!request.getPreVote()) {
            replica.keepVote();
        }
        Duration limit = replica.wiring().node().config().electionTimeoutMin().dividedBy(2);
        return RequestVoteReplyProto.parseFrom(await(Route.VOTE, request.getServerRequest(), request, limit));
    }

    /** A voter that cannot be asked counts as one that refused: Ratis waits for its election all the same, and would print a stack trace for it. */
    @Override
    public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request) {
        RaftRpcRequestProto header = request.getServerRequest();
        Duration limit = replica.wiring().node().config().electionTimeoutMin();
        try {
            return StartLeaderElectionReplyProto.parseFrom(await(Route.ELECT, header, request, limit));
        } catch (IOException e) {
            log.info(
                    "group {}: {} was not handed the lead: {}",
                    replica.wiring().group(),
                    header.getReplyId().toStringUtf8(),
                    e.getMessage());
            return StartLeaderElectionReplyProto.newBuilder()
                    .setServerReply(replyTo(header, false))
                    .build();
        }
    }

    static RaftRpcReplyProto.Builder replyTo(RaftRpcRequestProto asked, boolean success) {
        return RaftRpcReplyProto.newBuilder()
                .setRequestorId(asked.getRequestorId())
                .setReplyId(asked.getReplyId())
                .setRaftGroupId(asked.getRaftGroupId())
                .setCallId(asked.getCallId())
                .setSuccess(success);
    }

    private byte[] await(Route route, RaftRpcRequestProto header, MessageLite request, Duration limit)
            throws IOException {
        CompletableFuture<byte[]> answer = client.send(route, header, request, limit);
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IOException(route + " to " + header.getReplyId().toStringUtf8() + " failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            answer.cancel(false);
            Thread.currentThread().interrupt();
            throw new IOException(route + " was interrupted", e);
        }
    }

    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) {
        throw new UnsupportedOperationException("WireAppender sends by itself");
    }

    @Override
    public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request) {
        throw new UnsupportedOperationException("WireAppender sends by itself");
    }

    // ---- in --------------------------------------------------------------------------------------------------

    @Override
    public void start() {
        ExecutorService arrivals = replica.wiring().node().arrivals();
        routes = List.of(
                serve(
                        Route.VOTE,
                        control,
                        RequestVoteRequestProto.parser(),
                        RequestVoteRequestProto::getServerRequest,
                        r -> CompletableFuture.completedFuture(vote(r))),
                serve(
                        Route.ELECT,
                        control,
                        StartLeaderElectionRequestProto.parser(),
                        StartLeaderElectionRequestProto::getServerRequest,
                        r -> CompletableFuture.completedFuture(protocol().startLeaderElection(r))),
                serve(
                        Route.BEAT,
                        control,
                        AppendEntriesRequestProto.parser(),
                        AppendEntriesRequestProto::getServerRequest,
                        this::append),
                serve(
                        Route.APPEND,
                        appends,
                        AppendEntriesRequestProto.parser(),
                        AppendEntriesRequestProto::getServerRequest,
                        this::append),
                serve(
                        Route.SNAPSHOT,
                        arrivals,
                        InstallSnapshotRequestProto.parser(),
                        InstallSnapshotRequestProto::getServerRequest,
                        this::install),
                serve(
                        Route.OFFER,
                        arrivals,
                        InstallSnapshotRequestProto.parser(),
                        InstallSnapshotRequestProto::getServerRequest,
                        this::offered));
    }

    private RaftServerProtocol protocol() throws IOException {
        return (RaftServerProtocol) server.getDivision(replica.wiring().groupId());
    }

    private CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request) throws IOException {
        return ((RaftServerAsynchronousProtocol) protocol())
                .appendEntriesAsync(request)
                .thenApply(reply -> {
                    keepTerm(request.getLeaderTerm());
                    if (reply.getResult() != AppendResult.NOT_LEADER) {
                        replica.heardFromLeader();
                    }
                    return reply;
                });
    }

    private CompletableFuture<InstallSnapshotReplyProto> install(InstallSnapshotRequestProto request)
            throws IOException {
        boolean last = request.getSnapshotChunk().getDone();
        InstallSnapshotReplyProto reply;
        try {
            reply = protocol().installSnapshot(arrival.whole(request));
        } catch (IOException | RuntimeException e) {
            if (last) {
                arrival.discard(); // whole, and still refused
            }
            throw e;
        }
        replica.keepTerm(request.getLeaderTerm());
        replica.heardFromLeader();
        boolean taken = reply.getResult() == InstallSnapshotResult.SUCCESS;
        boolean done = (last && taken) || reply.getResult() == InstallSnapshotResult.ALREADY_INSTALLED;
        if (done) {
            arrival.discard();
        }
        if (done || (taken && request.getSnapshotChunk().getRequestIndex() == 0)) {
            replica.installs(request.getSnapshotChunk().getRequestId()); // Ratis never deletes what broke off
        }
        return CompletableFuture.completedFuture(reply);
    }

    private CompletableFuture<InstallSnapshotReplyProto> offered(InstallSnapshotRequestProto request)
            throws IOException {
        return CompletableFuture.completedFuture(InstallSnapshotReplyProto.newBuilder()
                .setRequestIndex(arrival.held(request.getSnapshotChunk()))
                .build());
    }

    private RequestVoteReplyProto vote(RequestVoteRequestProto request) throws IOException {
        if (request.getPreVote()) {
            Optional<RequestVoteReplyProto> granted = preVotes.grant(request);
            return granted.isPresent() ? granted.get() : protocol().requestVote(request);
        }
        RequestVoteReplyProto reply = protocol().requestVote(request);
        replica.keepVote();
        return reply;
    }

    private void keepTerm(long term) {
        try {
            replica.keepTerm(term);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <Q extends MessageLite> Registration serve(
            Route route, ExecutorService executor, Parser<Q> parser, HeaderOf<Q> headerOf, Handler<Q> handler) {
        return replica.wiring()
                .node()
                .transport()
                .serve(route.of(replica.wiring().group()), exchange -> {
                    try {
                        executor.execute(() -> answer(exchange, parser, headerOf, handler));
                    } catch (RejectedExecutionException e) {
                        exchange.fail(new OverloadedException(
                                "raft group " + replica.wiring().group() + " has " + WAITING + " messages waiting ("
                                        + route + "), or stops; send again later",
                                Duration.ofMillis(50)));
                    }
                });
    }

    private <Q extends MessageLite> void answer(
            Exchange exchange, Parser<Q> parser, HeaderOf<Q> headerOf, Handler<Q> handler) {
        try {
            Q request = parser.parseFrom(exchange.request().payload());
            check(exchange, headerOf.header(request));
            handler.handle(request).whenComplete((reply, failure) -> {
                if (failure == null) {
                    exchange.reply(reply.toByteArray());
                } else {
                    exchange.fail(refusal(failure));
                }
            });
        } catch (InvalidProtocolBufferException e) {
            exchange.fail(new NotAppliedException(
                    "a message of raft group " + replica.wiring().group() + " cannot be read: " + e.getMessage(), e));
        } catch (IOException | RuntimeException e) {
            exchange.fail(refusal(e));
        }
    }

    /** The sender is the node that it says it is, and means this life of this replica. */
    private void check(Exchange exchange, RaftRpcRequestProto header) {
        String sender = header.getRequestorId().toStringUtf8();
        String wanted = header.getReplyId().toStringUtf8();
        String node = exchange.request().peer().node().value();
        boolean own = sender.startsWith(node) && sender.lastIndexOf('#') == node.length();
        if (!own || !wanted.equals(replica.wiring().self().toString())) {
            throw new NotAppliedException(
                    "node " + node + " speaks as raft peer " + sender + " to " + wanted + ", but this is "
                            + replica.wiring().self() + "; a peer speaks for itself and to a living replica");
        }
    }

    private HoldfastException refusal(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof HoldfastException known
                ? known
                : new UnavailableException(
                        "raft replica " + replica.wiring().self() + " of group "
                                + replica.wiring().group() + " cannot answer: " + cause,
                        cause);
    }

    @Override
    public void close() {
        routes.forEach(Registration::close);
        appends.shutdown();
        control.shutdown();
    }

    // ---- what Ratis asks of every type -----------------------------------------------------------------------

    @Override
    public void handleException(RaftPeerId peer, Exception failure, boolean reconnect) {
        // the transport reconnects by itself
    }

    @Override
    public void addRaftPeers(Collection<RaftPeer> peers) {
        // addresses come from the cluster's view
    }

    @Override
    public RpcType getRpcType() {
        return type;
    }

    @Override
    public InetSocketAddress getInetSocketAddress() {
        return InetSocketAddress.createUnresolved(
                replica.wiring().node().transport().address().host(),
                replica.wiring().node().transport().address().port());
    }
}
