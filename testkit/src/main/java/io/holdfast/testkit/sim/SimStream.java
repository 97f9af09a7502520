package io.holdfast.testkit.sim;

import io.holdfast.core.Address;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Message;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A stream over a simulated connection; opened by the first demand. */
final class SimStream implements Flow.Subscription {
    private final SimTransport client;
    private final Address to;
    private final Message message;
    private final Flow.Subscriber<? super byte[]> subscriber;
    private final Runnable broken;
    private @Nullable SimConnection connection;
    private Flow.@Nullable Subscription far;
    private boolean ended;

    SimStream(SimTransport client, Address to, Message message, Flow.Subscriber<? super byte[]> subscriber) {
        this.client = client;
        this.to = to;
        this.message = message;
        this.subscriber = subscriber;
        this.broken = () -> fail(new UnknownOutcomeException(
                "the connection to " + to + " broke while stream " + message.route() + " was open"));
    }

    @Override
    public void request(long n) {
        if (ended) {
            return;
        }
        if (n <= 0) {
            cancel();
            subscriber.onError(new IllegalArgumentException("demand (" + n + ") must be positive"));
            return;
        }
        if (connection != null) {
            toServer(connection, () -> demand(n));
            return;
        }
        try {
            SimConnection opened = client.connect(to);
            connection = opened;
            opened.whenBroken(client, broken);
            toServer(opened, () -> open(opened, n));
        } catch (HoldfastException refused) {
            fail(refused);
        }
    }

    private void toServer(SimConnection open, Runnable arrival) {
        client.wire().segment(open, client, arrival);
    }

    private void demand(long n) {
        if (far != null) {
            far.request(n);
        }
    }

    /** At the server. */
    private void open(SimConnection opened, long n) {
        SimTransport server = opened.other(client);
        Flow.Publisher<byte[]> publisher =
                server.publish(message.route(), new Inbound(client.asPeer(), message.context(), message.payload()));
        if (publisher == null) {
            client.wire()
                    .segment(
                            opened,
                            server,
                            () -> fail(
                                    new NotAppliedException("node at " + to + " serves no stream " + message.route())));
            return;
        }
        publisher.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                far = subscription;
                opened.whenBroken(server, subscription::cancel);
                subscription.request(n);
            }

            @Override
            public void onNext(byte[] item) {
                client.wire().segment(opened, server, () -> deliver(item));
            }

            @Override
            public void onError(Throwable error) {
                HoldfastException reason = error instanceof HoldfastException known
                        ? known
                        : new UnavailableException("stream " + message.route() + " failed: " + error, error);
                client.wire().segment(opened, server, () -> fail(reason));
            }

            @Override
            public void onComplete() {
                client.wire().segment(opened, server, SimStream.this::complete);
            }
        });
    }

    private void deliver(byte[] item) {
        if (!ended) {
            subscriber.onNext(item);
        }
    }

    private void complete() {
        if (end()) {
            subscriber.onComplete();
        }
    }

    void fail(Throwable reason) {
        if (end()) {
            subscriber.onError(reason);
        }
    }

    @Override
    public void cancel() {
        if (end() && connection != null) {
            toServer(connection, () -> {
                if (far != null) {
                    far.cancel();
                }
            });
        }
    }

    private boolean end() {
        boolean first = !ended;
        ended = true;
        if (connection != null) {
            connection.forget(client, broken);
        }
        return first;
    }
}
