package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.core.AccessDeniedException;
import io.holdfast.core.Address;
import io.holdfast.core.CodecException;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.ConnectionListener;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Peer;
import io.holdfast.core.transport.Transport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The rules of {@link Transport}. Nothing here depends on how long anything takes: a test waits for what must happen, through {@link #await(CompletionStage)}, which a
 * simulation overrides to let virtual time pass.
 */
@SuppressWarnings("NullAway.Init") // JUnit fills the fields before each test
public abstract class TransportContract {
    private final List<Transport> started = new ArrayList<>();
    private Transport a;
    private Transport b;

    /** For subclasses. */
    protected TransportContract() {}

    /**
     * Starts a transport that can reach all others of this test. The suite closes it.
     *
     * @param node the node's id
     * @return the running transport
     * @throws Exception if it cannot be started; the test fails
     */
    protected abstract Transport start(String node) throws Exception;

    /**
     * The clock by which these transports judge deadlines.
     *
     * @return the clock
     */
    protected abstract MonotonicClock clock();

    /**
     * Waits for something that must happen. This default blocks the thread, at most 30 s.
     *
     * @param stage what must complete
     * @param <T> its result
     * @return its result
     * @throws Exception its failure, unwrapped
     */
    protected <T> T await(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } catch (TimeoutException e) {
            throw new AssertionError("what must happen did not happen within 30 s", e);
        }
    }

    private static Exception unwrapped(Exception e) {
        return (e instanceof ExecutionException || e instanceof CompletionException)
                        && e.getCause() instanceof Exception cause
                ? cause
                : e;
    }

    /**
     * Starts two nodes.
     *
     * @throws Exception if one cannot be started
     */
    @BeforeEach
    void startTwoNodes() throws Exception {
        a = node("a");
        b = node("b");
    }

    private Transport node(String name) throws Exception {
        Transport transport = start(name);
        started.add(transport);
        return transport;
    }

    /** Stops all nodes. */
    @AfterEach
    void stopAll() {
        started.forEach(Transport::close);
    }

    // ---- requests

    @Test
    void aRequestIsAnswered() throws Exception {
        b.serve("echo", exchange -> exchange.reply(exchange.request().payload()));
        assertThat(ask("echo", "hello")).isEqualTo("hello");
    }

    @Test
    void aNodeMayCallItself() throws Exception {
        b.serve("echo", exchange -> exchange.reply(exchange.request().payload()));
        assertThat(text(await(b.request(b.address(), message("echo", "me"))))).isEqualTo("me");
    }

    @Test
    void theHandlerSeesWhoAsks() throws Exception {
        b.serve(
                "who",
                exchange -> exchange.reply(utf8(exchange.request().peer().node() + " "
                        + exchange.request().peer().address())));
        assertThat(ask("who", "")).isEqualTo("a " + a.address());
    }

    @Test
    void emptyAndLargePayloadsArriveWhole() throws Exception {
        b.serve("echo", exchange -> exchange.reply(exchange.request().payload()));
        for (int size : new int[] {0, 1, 16 * 1024, 16 * 1024 + 1, 1024 * 1024}) {
            byte[] payload = new byte[size];
            for (int i = 0; i < size; i++) {
                payload[i] = (byte) (i * 31);
            }
            Message message = new Message("echo", CallContext.EMPTY, payload, Lane.BULK);
            assertThat(await(a.request(b.address(), message))).isEqualTo(payload);
        }
    }

    @Test
    void eachOfManyRequestsGetsItsOwnAnswer() throws Exception {
        b.serve("echo", exchange -> exchange.reply(exchange.request().payload()));
        List<CompletableFuture<byte[]>> answers = IntStream.range(0, 2000)
                .mapToObj(i -> a.request(b.address(), message("echo", "request " + i)))
                .toList();
        for (int i = 0; i < answers.size(); i++) {
            assertThat(text(await(answers.get(i)))).isEqualTo("request " + i);
        }
    }

    @Test
    void answersMayComeLateAndInAnyOrder() throws Exception {
        List<Exchange> waiting = new ArrayList<>();
        CompletableFuture<Void> both = new CompletableFuture<>();
        b.serve("late", exchange -> {
            waiting.add(exchange);
            if (waiting.size() == 2) {
                both.complete(null);
            }
        });
        CompletableFuture<byte[]> first = a.request(b.address(), message("late", "first"));
        CompletableFuture<byte[]> second = a.request(b.address(), message("late", "second"));
        await(both);
        waiting.get(1).reply(utf8("2"));
        assertThat(text(await(second))).isEqualTo("2");
        assertThat(first).isNotDone();
        waiting.get(0).reply(utf8("1"));
        assertThat(text(await(first))).isEqualTo("1");
    }

    @Test
    void onlyTheFirstAnswerCounts() throws Exception {
        b.serve("twice", exchange -> {
            exchange.reply(utf8("first"));
            exchange.reply(utf8("second"));
            exchange.fail(new NotAppliedException("third"));
        });
        assertThat(ask("twice", "")).isEqualTo("first");
        assertThat(ask("twice", "")).isEqualTo("first");
    }

    @Test
    void aRefusalArrivesAsTheSameException() {
        List<HoldfastException> reasons = List.of(
                new NotAppliedException("reason 0"),
                new AccessDeniedException("reason 1"),
                new UnavailableException("reason 2"),
                new CodecException("reason 3"),
                new DeadlineExceededException("reason 4"),
                new UnknownOutcomeException("reason 5"),
                new OverloadedException("reason 6", Duration.ofMillis(250)));
        b.serve(
                "refuse",
                exchange -> exchange.fail(
                        reasons.get(Integer.parseInt(text(exchange.request().payload())))));
        for (int i = 0; i < reasons.size(); i++) {
            Throwable arrived = failure(a.request(b.address(), message("refuse", Integer.toString(i))));
            assertThat(arrived)
                    .isInstanceOf(reasons.get(i).getClass())
                    .hasMessage("reason " + i)
                    .asInstanceOf(InstanceOfAssertFactories.type(HoldfastException.class))
                    .satisfies(e -> assertThat(e.retry()).isNotNull());
        }
        assertThat(((HoldfastException) failure(a.request(b.address(), message("refuse", "6")))).retryAfter())
                .contains(Duration.ofMillis(250));
    }

    @Test
    void aHandlerThatThrowsLeavesTheOutcomeUnknownAndTheConnectionWhole() throws Exception {
        b.serve("echo", exchange -> exchange.reply(exchange.request().payload()));
        b.serve("throw", exchange -> {
            throw new IllegalStateException("a test's handler throws this on purpose");
        });
        assertThat(failure(a.request(b.address(), message("throw", "")))).isInstanceOf(UnknownOutcomeException.class);
        assertThat(ask("echo", "still here")).isEqualTo("still here");
    }

    @Test
    void anUnservedRouteIsSurelyNotApplied() {
        assertThat(failure(a.request(b.address(), message("nobody", ""))))
                .isInstanceOf(NotAppliedException.class)
                .hasMessageContaining("nobody");
    }

    @Test
    void aRouteIsServedOnceUntilItsRegistrationIsClosed() throws Exception {
        Registration registration = b.serve("echo", exchange -> exchange.reply(utf8("old")));
        assertThatThrownBy(() -> b.serve("echo", exchange -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("echo");
        registration.close();
        assertThat(failure(a.request(b.address(), message("echo", "")))).isInstanceOf(NotAppliedException.class);
        b.serve("echo", exchange -> exchange.reply(utf8("new")));
        registration.close();
        assertThat(ask("echo", "")).isEqualTo("new");
    }

    @Test
    void whereNobodyListensTheCallIsUnavailable() throws Exception {
        Transport gone = node("gone");
        Address address = gone.address();
        gone.close();
        assertThat(failure(a.request(address, message("echo", "")))).isInstanceOf(UnavailableException.class);
        assertThat(failure(a.send(address, message("echo", "")))).isInstanceOf(UnavailableException.class);
        Items items = new Items(1);
        a.stream(address, message("echo", "")).subscribe(items);
        assertThat(failure(items.end)).isInstanceOf(UnavailableException.class);
    }

    // ---- context, deadline, cancellation

    @Test
    void theContextTravels() throws Exception {
        AtomicReference<Inbound> seen = new AtomicReference<>();
        b.serve("context", exchange -> {
            seen.set(exchange.request());
            exchange.reply(new byte[0]);
        });
        long now = clock().nanoTime();
        CallContext context = CallContext.EMPTY
                .withCorrelationId("c-7")
                .withCriticality(Criticality.SHEDDABLE)
                .withRetryBudget(2)
                .withDeadline(Deadline.after(now, Duration.ofMinutes(1)));
        await(a.request(b.address(), message("context", "").withContext(context)));
        CallContext arrived = seen.get().context();
        assertThat(arrived.correlationId()).isEqualTo("c-7");
        assertThat(arrived.criticality()).isEqualTo(Criticality.SHEDDABLE);
        assertThat(arrived.retryBudget()).isEqualTo(2);
        assertThat(arrived.deadline().remainingNanos(now))
                .isPositive()
                .isLessThan(Duration.ofMinutes(2).toNanos());
    }

    @Test
    void aDeadlineEndsTheWaitAndTellsTheHandler() throws Exception {
        CompletableFuture<Void> told = new CompletableFuture<>();
        b.serve("echo", exchange -> exchange.reply(exchange.request().payload()));
        b.serve("slow", exchange -> exchange.onCancel(() -> told.complete(null)));
        ask("echo", "the connection is made before the deadline runs");
        assertThat(failure(a.request(b.address(), within("slow", Duration.ofMillis(50)))))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("slow");
        await(told);
    }

    @Test
    void cancellingTellsTheHandlerAtOnceAndLater() throws Exception {
        CompletableFuture<Exchange> arrived = new CompletableFuture<>();
        CompletableFuture<Void> told = new CompletableFuture<>();
        b.serve("slow", exchange -> {
            exchange.onCancel(() -> told.complete(null));
            arrived.complete(exchange);
        });
        CompletableFuture<byte[]> answer = a.request(b.address(), message("slow", ""));
        Exchange exchange = await(arrived);
        answer.cancel(true);
        await(told);
        CompletableFuture<Void> toldLate = new CompletableFuture<>();
        exchange.onCancel(() -> toldLate.complete(null));
        await(toldLate);
        exchange.reply(utf8("nobody waits"));
    }

    // ---- one-way

    @Test
    void oneWayMessagesArriveInOrder() throws Exception {
        List<String> seen = new ArrayList<>();
        CompletableFuture<Void> all = new CompletableFuture<>();
        b.receive("note", note -> {
            seen.add(text(note.payload()));
            if (seen.size() == 500) {
                all.complete(null);
            }
        });
        for (int i = 0; i < 500; i++) {
            a.send(b.address(), message("note", Integer.toString(i)));
        }
        await(all);
        assertThat(seen)
                .isEqualTo(IntStream.range(0, 500).mapToObj(Integer::toString).toList());
    }

    @Test
    void aOneWayMessageToNobodyHarmsNothing() throws Exception {
        await(a.send(b.address(), message("nobody", "")));
        b.serve("echo", exchange -> exchange.reply(exchange.request().payload()));
        assertThat(ask("echo", "still here")).isEqualTo("still here");
    }

    // ---- streams

    @Test
    void aStreamBringsItsItemsInOrderAndEnds() throws Exception {
        b.serveStream("numbers", request -> new Numbers(Integer.parseInt(text(request.payload()))));
        Items items = new Items(Long.MAX_VALUE);
        a.stream(b.address(), message("numbers", "3000")).subscribe(items);
        await(items.end);
        assertThat(items.seen)
                .isEqualTo(IntStream.range(0, 3000).mapToObj(Integer::toString).toList());
    }

    @Test
    void aStreamSendsNoMoreThanWasAskedFor() throws Exception {
        Numbers numbers = new Numbers(1000);
        b.serveStream("numbers", request -> numbers);
        Items items = new Items(5);
        a.stream(b.address(), message("numbers", "")).subscribe(items);
        await(items.reached(5));
        assertThat(numbers.asked.get()).isEqualTo(5);
        items.subscription.request(2);
        await(items.reached(7));
        assertThat(numbers.asked.get()).isEqualTo(7);
        assertThat(items.end).isNotDone();
    }

    @Test
    void aStreamIsOpenedByTheFirstDemand() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        b.serve("echo", exchange -> exchange.reply(exchange.request().payload()));
        b.serveStream("numbers", request -> {
            opened.incrementAndGet();
            return new Numbers(1);
        });
        Items items = new Items(0);
        a.stream(b.address(), message("numbers", "")).subscribe(items);
        ask("echo", "behind it");
        assertThat(opened).hasValue(0);
        items.subscription.request(1);
        await(items.end);
        assertThat(opened).hasValue(1);
    }

    @Test
    void cancellingASubscriptionStopsTheFarPublisher() throws Exception {
        Numbers numbers = new Numbers(1000);
        b.serveStream("numbers", request -> numbers);
        Items items = new Items(5);
        a.stream(b.address(), message("numbers", "")).subscribe(items);
        await(items.reached(5));
        items.subscription.cancel();
        await(numbers.cancelled);
    }

    @Test
    void aStreamsFailureArrivesBehindItsItems() throws Exception {
        b.serveStream(
                "fails",
                request -> subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
                    @Override
                    public void request(long n) {
                        subscriber.onNext(utf8("item"));
                        subscriber.onError(new NotAppliedException("no more"));
                    }

                    @Override
                    public void cancel() {}
                }));
        Items items = new Items(1);
        a.stream(b.address(), message("fails", "")).subscribe(items);
        assertThat(failure(items.end)).isInstanceOf(NotAppliedException.class).hasMessage("no more");
        assertThat(items.seen).containsExactly("item");
    }

    @Test
    void anUnservedStreamIsSurelyNotApplied() {
        Items items = new Items(1);
        a.stream(b.address(), message("nobody", "")).subscribe(items);
        assertThat(failure(items.end)).isInstanceOf(NotAppliedException.class);
    }

    @Test
    void aStreamTakesOneSubscriber() throws Exception {
        b.serveStream("numbers", request -> new Numbers(1));
        Flow.Publisher<byte[]> stream = a.stream(b.address(), message("numbers", ""));
        Items first = new Items(1);
        Items second = new Items(1);
        stream.subscribe(first);
        stream.subscribe(second);
        assertThat(failure(second.end)).isInstanceOf(IllegalStateException.class);
        await(first.end);
    }

    // ---- connections

    @Test
    void listenersHearWhoComesAndWhoGoes() throws Exception {
        CompletableFuture<Peer> opened = new CompletableFuture<>();
        CompletableFuture<Peer> closed = new CompletableFuture<>();
        CompletableFuture<Boolean> graceful = new CompletableFuture<>();
        a.onConnection(new ConnectionListener() {
            @Override
            public void onOpened(Peer peer) {
                opened.complete(peer);
            }

            @Override
            public void onClosed(Peer peer, boolean saidSo) {
                closed.complete(peer);
                graceful.complete(saidSo);
            }
        });
        b.serve("echo", exchange -> exchange.reply(exchange.request().payload()));
        ask("echo", "");
        assertThat(await(opened).node()).isEqualTo(NodeId.of("b"));
        assertThat(await(opened).address()).isEqualTo(b.address());
        b.close();
        assertThat(await(closed).node()).isEqualTo(NodeId.of("b"));
        assertThat(await(graceful)).isTrue();
    }

    @Test
    void aDrainingNodeFinishesWhatRunsAndRefusesWhatIsNew() throws Exception {
        CompletableFuture<Exchange> running = new CompletableFuture<>();
        b.serve("slow", running::complete);
        b.serve("echo", exchange -> exchange.reply(exchange.request().payload()));
        CompletableFuture<byte[]> answer = a.request(b.address(), message("slow", ""));
        Exchange exchange = await(running);
        CompletableFuture<Void> drained = b.drain(Duration.ofSeconds(15)).toCompletableFuture();
        assertThat(failure(a.request(b.address(), message("echo", "")))).isInstanceOf(UnavailableException.class);
        assertThat(drained).isNotDone();
        exchange.reply(utf8("finished"));
        assertThat(text(await(answer))).isEqualTo("finished");
        await(drained);
    }

    @Test
    void aDrainingNodeStillTakesOneWayMessages() throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        b.receive("note", note -> heard.complete(text(note.payload())));
        await(b.drain(Duration.ofSeconds(15)));
        a.send(b.address(), message("note", "gossip"));
        assertThat(await(heard)).isEqualTo("gossip");
    }

    @Test
    void whenThePeerClosesASentRequestsOutcomeIsUnknown() throws Exception {
        CompletableFuture<Exchange> running = new CompletableFuture<>();
        b.serve("slow", running::complete);
        CompletableFuture<byte[]> answer = a.request(b.address(), message("slow", ""));
        await(running);
        b.close();
        assertThat(failure(answer)).isInstanceOf(UnknownOutcomeException.class);
    }

    @Test
    void aClosedTransportFailsWhatRunsAndRefusesWhatIsNew() throws Exception {
        CompletableFuture<Exchange> running = new CompletableFuture<>();
        CompletableFuture<Void> told = new CompletableFuture<>();
        b.serve("slow", exchange -> {
            exchange.onCancel(() -> told.complete(null));
            running.complete(exchange);
        });
        CompletableFuture<byte[]> answer = a.request(b.address(), message("slow", ""));
        await(running);
        a.close();
        assertThat(failure(answer)).isInstanceOf(UnknownOutcomeException.class);
        assertThat(failure(a.request(b.address(), message("slow", "")))).isInstanceOf(UnavailableException.class);
        await(told);
    }

    // ---- words

    private String ask(String route, String payload) throws Exception {
        return text(await(a.request(b.address(), message(route, payload))));
    }

    private Throwable failure(CompletionStage<?> stage) {
        return catchThrowable(() -> await(stage));
    }

    private Message within(String route, Duration limit) {
        return message(route, "")
                .withContext(CallContext.EMPTY.withDeadline(Deadline.after(clock().nanoTime(), limit)));
    }

    private static Message message(String route, String payload) {
        return new Message(route, CallContext.EMPTY, utf8(payload), Lane.CALL);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Publishes the numbers from zero on demand, and counts what was asked. */
    private static final class Numbers implements Flow.Publisher<byte[]> {
        final AtomicInteger asked = new AtomicInteger();
        final CompletableFuture<Void> cancelled = new CompletableFuture<>();
        private final int count;

        Numbers(int count) {
            this.count = count;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super byte[]> subscriber) {
            subscriber.onSubscribe(new Flow.Subscription() {
                private int next;

                @Override
                public void request(long n) {
                    asked.addAndGet((int) n);
                    for (long i = 0; i < n && next < count; i++) {
                        subscriber.onNext(utf8(Integer.toString(next++)));
                        if (next == count) {
                            subscriber.onComplete();
                        }
                    }
                }

                @Override
                public void cancel() {
                    cancelled.complete(null);
                }
            });
        }
    }

    /** Collects a stream's items. */
    private static final class Items implements Flow.Subscriber<byte[]> {
        final List<String> seen = new ArrayList<>();
        final CompletableFuture<Void> end = new CompletableFuture<>();
        private final long firstDemand;
        private Flow.Subscription subscription;
        private int mark = -1;
        private CompletableFuture<Void> reached = new CompletableFuture<>();

        Items(long firstDemand) {
            this.firstDemand = firstDemand;
        }

        synchronized CompletableFuture<Void> reached(int count) {
            mark = count;
            reached = new CompletableFuture<>();
            if (seen.size() >= count) {
                reached.complete(null);
            }
            return reached;
        }

        @Override
        public void onSubscribe(Flow.Subscription value) {
            subscription = value;
            if (firstDemand > 0) {
                value.request(firstDemand);
            }
        }

        @Override
        public synchronized void onNext(byte[] item) {
            seen.add(text(item));
            if (seen.size() == mark) {
                reached.complete(null);
            }
        }

        @Override
        public void onError(Throwable error) {
            end.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }
}
