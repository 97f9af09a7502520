package io.holdfast.consensus.log;

import io.holdfast.core.CodecException;
import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.Exchange;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers what other nodes ask about a group. Runs on the transport's threads and never waits there. */
final class GroupServer implements AutoCloseable {
    /** What of an answer fits into a frame of the transport's default size. */
    private static final int MAX_ANSWER = 3 * 1024 * 1024;
    /** A query waits no longer for one request; who wants to wait longer asks again. */
    private static final Duration LONGEST_QUERY = Duration.ofSeconds(30);

    private final GroupContext context;
    private final Supplier<@Nullable LocalReplica> local;
    private final Reads reads;
    private final List<Registration> routes = new ArrayList<>();

    GroupServer(GroupContext context, Supplier<@Nullable LocalReplica> local, Reads reads) {
        this.context = context;
        this.local = local;
        this.reads = reads;
        serve(Route.SUBMIT, this::submit);
        serve(Route.QUERY, this::query);
        serve(Route.READ_INDEX, this::readIndex);
        serve(Route.PROBE, this::probe);
        serve(
                Route.LEADER,
                exchange -> answer(
                        exchange,
                        Answer.done(
                                context.leader().current(), context.replicas().encode())));
    }

    private void serve(Route route, Consumer<Exchange> handler) {
        routes.add(context.transport().serve(route.of(context.group()), exchange -> {
            try {
                handler.accept(exchange);
            } catch (CodecException e) {
                exchange.fail(new NotAppliedException(
                        "node " + context.self() + " cannot read a request of group " + context.group() + ": "
                                + e.getMessage(),
                        e));
            }
        }));
    }

    private static void answer(Exchange exchange, Answer answer) {
        exchange.reply(answer.encode());
    }

    private void refuse(Exchange exchange, String why) {
        answer(
                exchange,
                Answer.refused(Answer.Status.NOT_APPLIED, context.leader().current(), why));
    }

    private void refuseWithoutReplica(Exchange exchange) {
        refuse(exchange, "node " + context.self() + " keeps no replica of group " + context.group() + "; ask another");
    }

    private void submit(Exchange exchange) {
        GroupLogConfig config = context.config();
        Batch batch = Batch.decode(
                exchange.request().payload(),
                config.maxEntryCommands(),
                config.maxEntrySize().bytes(),
                config.maxCommandSize().bytes());
        LocalReplica here = local.get();
        if (here == null) {
            refuseWithoutReplica(exchange);
            return;
        }
        here.batcher().submit(batch, answer -> {
            ByteBuffer body = answer.status() == Answer.Status.DONE
                    ? Results.fitting(answer.body(), batch.count(), MAX_ANSWER)
                    : answer.body();
            answer(exchange, new Answer(answer.status(), answer.term(), body));
        });
    }

    private void query(Exchange exchange) {
        GroupLogConfig config = context.config();
        Batch batch = Batch.decode(
                exchange.request().payload(),
                config.maxEntryCommands(),
                config.maxEntrySize().bytes(),
                config.maxCommandSize().bytes() + Query.OVERHEAD);
        LocalReplica here = local.get();
        if (here == null || !here.serves()) {
            refuseWithoutReplica(exchange);
            return;
        }
        Deadline deadline = exchange.request().context().deadline();
        ask(here, batch, deadline, answer -> answer(exchange, answer));
    }

    /** Answers a batch of queries from this node's replica; what is no query throws {@link CodecException}. */
    void ask(LocalReplica here, Batch batch, Deadline limit, Consumer<Answer> done) {
        List<Query> queries = new ArrayList<>(batch.count());
        ByteBuffer in = batch.bytes();
        for (int i = 0; i < batch.count(); i++) {
            int length = Varints.length(in);
            queries.add(Query.decode(in.slice(in.position(), length)));
            Varints.skip(in, length);
        }
        Deadline deadline = inTime(limit);
        List<CompletableFuture<byte[]>> answers = queries.stream()
                .map(query -> reads.query(here, query, deadline).toCompletableFuture())
                .toList();
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .whenComplete((all, error) -> done.accept(answerAll(answers, error)));
    }

    /** A refusal must be on its way before who asked takes this node for dead. */
    private Deadline inTime(Deadline asked) {
        long remaining =
                Math.max(0, asked.earlier(context.within(LONGEST_QUERY)).remainingNanos(context.now()));
        return context.within(Duration.ofNanos(remaining - remaining / 8));
    }

    private Answer answerAll(List<CompletableFuture<byte[]>> answers, @Nullable Throwable error) {
        List<byte @Nullable []> results = new ArrayList<>(answers.size());
        for (CompletableFuture<byte[]> answer : answers) {
            results.add(answer.isCompletedExceptionally() ? null : answer.join());
        }
        if (error != null && results.stream().allMatch(result -> result == null)) {
            return Answer.failed(context.leader().current(), error);
        }
        ByteBuffer body = Results.fitting(ByteBuffer.wrap(Results.encode(results)), results.size(), MAX_ANSWER);
        return Answer.done(context.leader().current(), body);
    }

    private void readIndex(Exchange exchange) {
        LocalReplica here = local.get();
        if (here == null) {
            refuseWithoutReplica(exchange);
            return;
        }
        here.safeIndex().whenComplete((index, error) -> {
            if (error != null) {
                answer(exchange, Answer.failed(context.leader().current(), error));
                return;
            }
            ByteBuffer body = ByteBuffer.allocate(Varints.size(index));
            Varints.put(body, index);
            answer(exchange, Answer.done(context.leader().current(), body.flip()));
        });
    }

    private void probe(Exchange exchange) {
        Probe probe = Probe.decode(exchange.request().payload());
        LocalReplica here = local.get();
        HoldfastException absent = new NotAppliedException("node " + context.self() + " is no such voter");
        if (here == null) {
            exchange.fail(absent);
        } else {
            exchange.reply(probe.answer(here.status()));
        }
    }

    @Override
    public void close() {
        routes.forEach(Registration::close);
    }
}
