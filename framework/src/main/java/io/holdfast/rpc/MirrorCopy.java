package io.holdfast.rpc;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.discovery.balance.Candidate;
import io.holdfast.discovery.traffic.MirrorConfig;
import java.util.HashMap;
import java.util.Map;

/** A copy of a call for a version that is tried with real calls. Nothing of it reaches the caller: no result, no failure, no waiting, and nothing that is counted for or against an instance. */
final class MirrorCopy {
    private final ClientMethod method;
    private final Invocation invocation;

    MirrorCopy(ClientMethod method, Invocation invocation) {
        this.method = method;
        this.invocation = invocation;
    }

    void send(Candidate to) {
        try {
            method.side()
                    .transport()
                    .request(
                            to.instance().address(),
                            new Message(method.route(), marked(), invocation.request(), Lane.CALL))
                    .whenComplete((reply, error) ->
                            method.traffic().mirrored(invocation.route(), error == null && RpcWire.answers(reply)));
        } catch (RuntimeException e) { // a baggage that is full, for instance: the call itself goes on
            method.traffic().mirrored(invocation.route(), false);
        }
    }

    /** The handler can tell that its call is a copy, and so can what it calls. */
    private static CallContext marked() {
        CallContext context = CallContext.current();
        Map<String, String> baggage = new HashMap<>(context.baggage());
        baggage.put(MirrorConfig.MARK, "true");
        return context.withBaggage(baggage);
    }
}
