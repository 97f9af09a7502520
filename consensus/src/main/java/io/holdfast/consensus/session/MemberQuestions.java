package io.holdfast.consensus.session;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Asks the members over the transport which feature level their build knows, and answers them: {@code [level u8]} on route {@code features/<group>}. A build that does not know the route counts as one
 * that did not answer. Safe for use by many threads.
 */
public final class MemberQuestions implements MemberLevels, AutoCloseable {
    private static final byte[] QUESTION = {1};

    private final String route;
    private final NodeId self;
    private final int supported;
    private final Transport transport;
    private final Supplier<? extends Collection<NodeId>> members;
    private final Function<NodeId, Optional<Address>> addresses;
    private final Registration served;

    private MemberQuestions(
            GroupId group,
            NodeId self,
            int supported,
            Transport transport,
            Supplier<? extends Collection<NodeId>> members,
            Function<NodeId, Optional<Address>> addresses) {
        this.route = "features/" + group;
        this.self = self;
        this.supported = supported;
        this.transport = transport;
        this.members = members;
        this.addresses = addresses;
        byte[] answer = {(byte) supported};
        this.served = transport.serve(route, exchange -> exchange.reply(answer));
    }

    /**
     * Answers from now on.
     *
     * @param group the group
     * @param self this node
     * @param supported the highest level that this build knows, 1 to 255
     * @param transport the wire; closed by who made it
     * @param members whom to ask: all members and all voters
     * @param addresses where they listen
     * @return the questions
     */
    public static MemberQuestions start(
            GroupId group,
            NodeId self,
            int supported,
            Transport transport,
            Supplier<? extends Collection<NodeId>> members,
            Function<NodeId, Optional<Address>> addresses) {
        return new MemberQuestions(group, self, supported, transport, members, addresses);
    }

    @Override
    public CompletionStage<Map<NodeId, Integer>> ask(Deadline deadline) {
        Map<NodeId, Integer> levels = new ConcurrentSkipListMap<>();
        CompletableFuture<?>[] asked = members.get().stream()
                .distinct()
                .map(member -> ask(member, deadline).thenAccept(level -> levels.put(member, level)))
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(asked).thenApply(all -> levels);
    }

    private CompletableFuture<Integer> ask(NodeId member, Deadline deadline) {
        if (member.equals(self)) {
            return CompletableFuture.completedFuture(supported);
        }
        Optional<Address> address = addresses.apply(member);
        if (address.isEmpty()) {
            return CompletableFuture.completedFuture(0);
        }
        CallContext context = CallContext.EMPTY.withDeadline(deadline);
        return transport
                .request(address.get(), new Message(route, context, QUESTION, Lane.CONTROL))
                .handle((bytes, error) -> error != null || bytes.length == 0 ? 0 : bytes[0] & 0xff);
    }

    /** Answers no more. */
    @Override
    public void close() {
        served.close();
    }
}
