package io.holdfast.transport.netty;

import io.holdfast.core.DurationText;
import io.holdfast.core.OverloadedException;
import io.holdfast.transport.http.HttpConfig;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpResponse;
import io.holdfast.transport.http.RequestTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP connection: one request at a time, read whole, handled, answered. Nothing more is read meanwhile, so a pipelining client is answered in order and held back by TCP.
 */
final class HttpSession extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(HttpSession.class);

    private static final Duration LINGER = Duration.ofSeconds(1);

    /** What the connection waits for; each state has its own time limit. */
    private enum State {
        IDLE,
        HEADER,
        BODY,
        HANDLER,
        CLOSING
    }

    /** What the sessions of one endpoint have in common. */
    static final class Settings {
        final HttpConfig config;
        final HttpHandler handler;
        final Executor executor;
        final Set<HttpSession> sessions;
        final HttpMeters meters;
        private volatile boolean draining;

        Settings(
                HttpConfig config,
                HttpHandler handler,
                Executor executor,
                Set<HttpSession> sessions,
                HttpMeters meters) {
            this.config = config;
            this.handler = handler;
            this.executor = executor;
            this.sessions = sessions;
            this.meters = meters;
        }

        void drain() {
            draining = true;
        }
    }

    private final Settings settings;
    private @Nullable Channel channel;
    private @Nullable Future<?> timer;
    private @Nullable HttpRequest head;
    private @Nullable ByteBuf body;
    private @Nullable CompletableFuture<HttpResponse> handling;
    private State state = State.IDLE;

    HttpSession(Settings settings) {
        this.settings = settings;
    }

    /** Stands before the codec, which says nothing before a header is whole: the time limit of a header counts from its first byte. */
    ChannelHandler firstByte() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                if (state == State.IDLE) {
                    enter(State.HEADER, settings.config.headerTimeout());
                }
                context.fireChannelRead(message);
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                context.fireChannelReadComplete();
                // an unfinished header gave the codec nothing to pass on: ask for the rest of it
                if (state == State.HEADER || state == State.BODY) {
                    context.read();
                }
            }
        };
    }

    // ---- the connection

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        settings.sessions.add(this);
        if (settings.sessions.size() > settings.config.maxConnections()) {
            refuse(
                    503,
                    "overloaded",
                    "Too many connections",
                    "the bound is %d connections; try again later".formatted(settings.config.maxConnections()));
            return;
        }
        enter(State.IDLE, settings.config.idleTimeout());
        context.read();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        settings.sessions.remove(this);
        stopTimer();
        state = State.CLOSING;
        releaseBody();
        giveUpHandling();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.debug("an HTTP connection broke", cause);
        context.close();
    }

    private void enter(State next, Duration limit) {
        stopTimer();
        state = next;
        Channel open = channel;
        if (open != null) {
            timer = open.eventLoop().schedule(this::onTimeout, limit.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void onTimeout() {
        switch (state) {
            case IDLE, CLOSING -> closeNow();
            case HEADER ->
                refuse(
                        408,
                        "timeout",
                        "Request timeout",
                        "the header must be whole within " + DurationText.of(settings.config.headerTimeout()));
            case BODY ->
                refuse(
                        408,
                        "timeout",
                        "Request timeout",
                        "the body must be whole within " + DurationText.of(settings.config.bodyTimeout()));
            case HANDLER -> {
                refuse(
                        503,
                        "timeout",
                        "Handler timeout",
                        "the handler did not answer within " + DurationText.of(settings.config.handlerTimeout()));
                giveUpHandling();
            }
        }
    }

    /** From any thread: a draining endpoint does not wait for requests that may never come. */
    void closeIfIdle() {
        Channel open = channel;
        if (open != null) {
            open.eventLoop().execute(() -> {
                if (state == State.IDLE) {
                    closeNow();
                }
            });
        }
    }

    /** Nobody waits for the handler's answer any more. */
    private void giveUpHandling() {
        CompletableFuture<HttpResponse> unanswered = handling;
        handling = null;
        if (unanswered != null) {
            unanswered.cancel(true);
        }
    }

    private void closeNow() {
        if (channel != null) {
            channel.close();
        }
    }

    // ---- a request

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (state == State.CLOSING) {
                return;
            }
            if (message instanceof HttpRequest request) {
                onHead(context, request);
            }
            if (message instanceof HttpContent content && head != null) {
                onContent(context, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
        // FlowControlHandler forgets at the end of a batch what was asked of it within the batch, as an answer given on
        // this thread asks for the next request
        if (state == State.IDLE || state == State.HEADER || state == State.BODY) {
            context.read();
        }
    }

    private void onHead(ChannelHandlerContext context, HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            refuseUnreadable(request.decoderResult().cause());
            return;
        }
        if (request.headers().contains(HttpHeaderNames.CONTENT_LENGTH) && HttpUtil.isTransferEncodingChunked(request)) {
            refuse(
                    400,
                    "bad-request",
                    "Bad request",
                    "Content-Length and Transfer-Encoding must not come together (RFC 9112, section 6.1)");
            return;
        }
        if (request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && request.headers().getAll(HttpHeaderNames.HOST).size() != 1) {
            refuse(400, "bad-request", "Bad request", "exactly one Host header must be there (RFC 9112, section 3.2)");
            return;
        }
        if (HttpUtil.getContentLength(request, 0L)
                > settings.config.maxBodySize().bytes()) {
            refuseTooLarge();
            return;
        }
        head = request;
        body = Unpooled.EMPTY_BUFFER;
        enter(State.BODY, settings.config.bodyTimeout());
        if (HttpUtil.is100ContinueExpected(request)) {
            context.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
        context.read();
    }

    private void onContent(ChannelHandlerContext context, HttpContent content) {
        ByteBuf collected = body == null ? Unpooled.EMPTY_BUFFER : body;
        if (content.decoderResult().isFailure()) {
            refuseUnreadable(content.decoderResult().cause());
            return;
        }
        int more = content.content().readableBytes();
        if (collected.readableBytes() + (long) more
                > settings.config.maxBodySize().bytes()) {
            refuseTooLarge();
            return;
        }
        if (more > 0) {
            if (collected == Unpooled.EMPTY_BUFFER) {
                collected = context.alloc().buffer(more);
                body = collected;
            }
            collected.writeBytes(content.content());
        }
        if (content instanceof LastHttpContent) {
            dispatch();
        } else {
            context.read();
        }
    }

    private void refuseUnreadable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            refuse(
                    414,
                    "line-too-long",
                    "URI too long",
                    "the request line must be at most " + settings.config.maxHeaderSize());
        } else if (cause instanceof TooLongHttpHeaderException || cause instanceof TooLongFrameException) {
            refuse(
                    431,
                    "header-too-large",
                    "Header too large",
                    "the header must be at most " + settings.config.maxHeaderSize());
        } else {
            refuse(400, "bad-request", "Bad request", "the request is not HTTP/1.1 (RFC 9112)");
        }
    }

    private void refuseTooLarge() {
        refuse(413, "body-too-large", "Body too large", "the body must be at most " + settings.config.maxBodySize());
    }

    private void dispatch() {
        HttpRequest request = head;
        ByteBuf collected = body;
        if (request == null || collected == null) {
            return;
        }
        byte[] bytes = new byte[collected.readableBytes()];
        collected.readBytes(bytes);
        releaseBody();
        RequestTarget target;
        try {
            target = RequestTarget.parse(request.uri());
        } catch (IllegalArgumentException e) {
            refuse(400, "bad-request", "Bad request", String.valueOf(e.getMessage()));
            return;
        }
        enter(State.HANDLER, settings.config.handlerTimeout());
        var whole = new io.holdfast.transport.http.HttpRequest(
                request.method().name(),
                target.segments(),
                Map.of(),
                target.query(),
                headers(request),
                bytes,
                remote());
        try {
            settings.executor.execute(() -> handle(request, whole));
        } catch (RejectedExecutionException e) {
            settings.meters.refused(503);
            answer(
                    request,
                    HttpResponse.ofFailure(new OverloadedException(
                            "all handler threads are busy; try again later", Duration.ofSeconds(1))));
        }
    }

    private Optional<InetAddress> remote() {
        return channel != null && channel.remoteAddress() instanceof InetSocketAddress address
                ? Optional.ofNullable(address.getAddress())
                : Optional.empty();
    }

    private static Map<String, String> headers(HttpRequest request) {
        Map<String, String> headers = new LinkedHashMap<>();
        request.headers()
                .forEach(header -> headers.merge(
                        header.getKey().toLowerCase(Locale.ROOT), header.getValue(), (a, b) -> a + ", " + b));
        return headers;
    }

    /** On the handler's executor. */
    private void handle(HttpRequest request, io.holdfast.transport.http.HttpRequest whole) {
        try {
            CompletionStage<HttpResponse> stage = settings.handler.handle(whole);
            if (stage == null) {
                throw new NullPointerException("the handler returned null where a stage belongs");
            }
            stage.whenComplete((response, failure) -> {
                if (response != null) {
                    onLoop(() -> answer(request, response));
                } else {
                    answerFailure(
                            request,
                            whole,
                            failure != null
                                    ? failure
                                    : new NullPointerException("the handler's stage completed with null"));
                }
            });
            if (stage instanceof CompletableFuture<HttpResponse> future && !future.isDone()) {
                onLoop(() -> attach(request, future));
            }
        } catch (Throwable e) { // an Error, too, has somebody who waits for an answer
            answerFailure(request, whole, e);
        }
    }

    private void attach(HttpRequest request, CompletableFuture<HttpResponse> future) {
        if (state == State.HANDLER && head == request) {
            handling = future;
        } else {
            future.cancel(true);
        }
    }

    private void answerFailure(HttpRequest request, io.holdfast.transport.http.HttpRequest whole, Throwable failure) {
        HttpResponse response = HttpResponse.ofFailure(failure);
        if (response.status() == 500 && !(failure instanceof CancellationException)) {
            log.error("the handler of {} {} failed", whole.method(), whole.path(), failure);
        }
        onLoop(() -> answer(request, response));
    }

    private void onLoop(Runnable task) {
        Channel open = channel;
        if (open == null) {
            return;
        }
        if (open.eventLoop().inEventLoop()) {
            task.run();
            return;
        }
        try {
            open.eventLoop().execute(task);
        } catch (RejectedExecutionException endpointIsClosed) {
            return;
        }
    }

    // ---- a response

    private void answer(HttpRequest request, HttpResponse response) {
        if (state != State.HANDLER || head != request) {
            return; // the time limit has answered
        }
        head = null;
        handling = null;
        boolean keepAlive = HttpUtil.isKeepAlive(request) && !settings.draining;
        boolean headOnly = request.method().name().equals("HEAD");
        ChannelFuture written = write(response, keepAlive, headOnly);
        if (!keepAlive) {
            enter(State.CLOSING, settings.config.headerTimeout());
            written.addListener(ChannelFutureListener.CLOSE);
            return;
        }
        enter(State.IDLE, settings.config.idleTimeout());
        if (channel != null) {
            channel.read();
        }
    }

    /** Answers a request that no handler sees, and closes: what follows on the connection cannot be trusted or is not wanted. */
    private void refuse(int status, String kind, String title, String detail) {
        settings.meters.refused(status);
        head = null;
        releaseBody();
        enter(State.CLOSING, settings.config.headerTimeout());
        write(HttpResponse.problem(status, kind, title, detail), false, false).addListener(done -> linger());
    }

    /** Closes our half and reads the rest away for a moment: a close with unread bytes is a reset, and the client would never see why (RFC 9112, section 9.6). */
    private void linger() {
        Channel open = channel;
        if (open instanceof DuplexChannel duplex && open.pipeline().get(SslHandler.class) == null && open.isActive()) {
            enter(State.CLOSING, LINGER);
            duplex.shutdownOutput();
            open.config().setAutoRead(true);
        } else {
            closeNow();
        }
    }

    private ChannelFuture write(HttpResponse response, boolean keepAlive, boolean headOnly) {
        Channel open = channel;
        if (open == null) {
            throw new IllegalStateException("the connection is not made yet");
        }
        FullHttpResponse out = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()),
                headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body()));
        out.headers().set("X-Content-Type-Options", "nosniff").set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        response.headers().forEach((name, value) -> out.headers().set(name, value));
        if (response.status() != 204 && response.status() != 304) {
            out.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        }
        // said in both cases: a client of HTTP/1.0 needs it
        out.headers().set(HttpHeaderNames.CONNECTION, keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
        return open.writeAndFlush(out);
    }

    private void releaseBody() {
        if (body != null) {
            body.release();
            body = null;
        }
    }
}
