package io.holdfast.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.transport.ConnectionListener;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Peer;
import io.holdfast.core.transport.Transport;
import io.holdfast.testkit.contract.TransportContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimTransportTest extends TransportContract {
    private final SimEnvironment environment = SimEnvironment.seed(42);
    private final SimWire wire = new SimWire(environment, 42, LinkFaults.hostile());

    @Override
    protected Transport start(String node) {
        return wire.start(node);
    }

    @Override
    protected MonotonicClock clock() {
        return environment.clock();
    }

    @Override
    protected <T> T await(CompletionStage<T> stage) throws Exception {
        CompletableFuture<T> future = stage.toCompletableFuture();
        for (int i = 0; i < 20_000 && !future.isDone(); i++) {
            environment.advance(Duration.ofMillis(5));
        }
        assertThat(future).as("what must happen within 100 virtual seconds").isDone();
        return super.await(future);
    }

    @Test
    void aKilledNodeIsNoticedWithoutAGoodbye() {
        Transport c = wire.start("c");
        Transport d = wire.start("d");
        List<String> heard = new ArrayList<>();
        c.onConnection(new ConnectionListener() {
            @Override
            public void onClosed(Peer peer, boolean graceful) {
                heard.add(peer.node() + " " + graceful);
            }
        });
        CompletableFuture<byte[]> answer = hang(c, d);
        wire.kill("d");
        environment.advance(Duration.ofSeconds(2));
        assertThat(heard).containsExactly(NodeId.of("d") + " false");
        assertThatThrownBy(() -> await(answer)).isInstanceOf(UnknownOutcomeException.class);
    }

    private CompletableFuture<byte[]> hang(Transport c, Transport d) {
        d.serve("hang", exchange -> {});
        CompletableFuture<byte[]> answer = c.request(d.address(), Message.of("hang", new byte[0]));
        environment.advance(Duration.ofSeconds(2));
        return answer;
    }

    @Test
    void aCutIsNoticedAfterASilenceAndMendedByANewConnection() throws Exception {
        Transport c = wire.start("c");
        Transport d = wire.start("d");
        CompletableFuture<byte[]> answer = hang(c, d);
        wire.network().cut("c", "d");
        c.send(d.address(), Message.of("note", new byte[0]));
        environment.advance(SimWire.SILENCE.minusMillis(1));
        assertThat(answer).isNotDone();
        assertThatThrownBy(() -> await(answer)).isInstanceOf(UnknownOutcomeException.class);
        assertThatThrownBy(() -> await(c.request(d.address(), Message.of("hang", new byte[0]))))
                .isInstanceOf(UnavailableException.class);
        wire.network().heal();
        List<Integer> notes = new ArrayList<>();
        d.receive("note", inbound -> notes.add((int) inbound.payload()[0]));
        IntStream.range(0, 100).forEach(i -> c.send(d.address(), Message.of("note", new byte[] {(byte) i})));
        environment.advance(Duration.ofMinutes(1));
        assertThat(notes).isEqualTo(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void aLinkThatLosesEverythingBreaksTheConnectionAfterASilence() {
        Transport c = wire.start("c");
        Transport d = wire.start("d");
        CompletableFuture<byte[]> answer = hang(c, d);
        wire.network().between("c", "d", LinkFaults.lan().withLoss(1));
        c.send(d.address(), Message.of("note", new byte[0]));
        environment.advance(SimWire.SILENCE.minusMillis(1));
        assertThat(answer).isNotDone();
        assertThatThrownBy(() -> await(answer)).isInstanceOf(UnknownOutcomeException.class);
    }
}
