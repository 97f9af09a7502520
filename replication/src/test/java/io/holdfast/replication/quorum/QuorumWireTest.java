package io.holdfast.replication.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QuorumWireTest {
    private static final Address A = Address.of("127.0.0.1", 1);
    private static final Address B = Address.of("127.0.0.1", 2);

    private record Sent(Address to, Message message) {}

    private final List<Sent> sent = new ArrayList<>();
    private final AtomicInteger treeBytes = new AtomicInteger();
    private final QuorumWire wire = new QuorumWire(transport(), (from, message) -> {}, treeBytes::addAndGet);

    private Transport transport() {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("send");
                    sent.add(new Sent((Address) arguments[0], (Message) arguments[1]));
                    return CompletableFuture.completedFuture(null);
                });
    }

    private static QuorumMessage refused(long id) {
        return new QuorumMessage.Refused(id, Refusal.OLD_RING);
    }

    private List<QuorumMessage> saidTo(Address to) {
        return sent.stream()
                .filter(each -> each.to().equals(to))
                .flatMap(each -> QuorumMessageCodec.apart(each.message().payload()).stream())
                .map(QuorumMessageCodec::decode)
                .toList();
    }

    @Test
    void messagesThatWaitTogetherTravelInOneFrameForEachNodeAndInOrder() {
        wire.send(A, refused(1));
        wire.send(B, refused(2));
        wire.send(A, refused(3));
        assertThat(sent).isEmpty();

        wire.flush();
        wire.flush();

        assertThat(sent).hasSize(2);
        assertThat(saidTo(A)).containsExactly(refused(1), refused(3));
        assertThat(saidTo(B)).containsExactly(refused(2));
    }

    @Test
    void aFrameIsSentBeforeItGrowsTooLong() {
        byte[] row = new byte[40 << 10];
        wire.send(A, new QuorumMessage.Stored(1, null, row));
        wire.send(A, new QuorumMessage.Stored(2, null, row));

        assertThat(sent).hasSize(1);
        wire.flush();
        assertThat(saidTo(A)).hasSize(2);
    }

    @Test
    void bytesOfTreesAreThoseThatAreSentAndGiveWayToCalls() {
        wire.send(A, new QuorumMessage.Hashes(1, 2, 0, List.of(new QuorumMessage.TreePart(3, 0, new int[] {4}))));
        wire.send(A, new QuorumMessage.Pulled(1, 0, 0, List.of(), List.of()));
        wire.flush();

        assertThat(sent).extracting(each -> each.message().lane()).containsExactly(Lane.BULK, Lane.BULK);
        assertThat(treeBytes).hasValue(sent.get(0).message().payload().length);
    }
}
