package io.holdfast.rpc;

import io.holdfast.contract.RemoteMethod;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import org.jspecify.annotations.Nullable;

/**
 * How what a method threw goes to its caller: as the bytes of a reply, or as a failure that travels by itself.
 *
 * @param status how the call ended
 * @param reply the reply; null if it is the failure
 * @param failure the failure; null if it is the reply
 */
record ThrownReply(
        CallStatus status,
        byte @Nullable [] reply,
        @Nullable HoldfastException failure) {
    /**
     * What the caller may safely retry is only what was refused before the method began: advice that came out of the method itself speaks of another call, unless the contract declares it. What was
     * retried below in vain is not to be retried above.
     */
    static ThrownReply of(
            RemoteMethod remote,
            Throwable error,
            boolean retriedBelow,
            String correlationId,
            FailureLog failures,
            CorrelationIds ids) {
        int declared = remote.failureOf(error);
        if (declared >= 0) {
            try {
                byte[] reply = RpcWire.declared(remote.failures().get(declared), error);
                return new ThrownReply(CallStatus.DECLARED, reply, null);
            } catch (RuntimeException e) { // an accessor of it throws: the caller gets it as any other exception
                error.addSuppressed(e);
            }
        }
        if (error instanceof HoldfastException known
                && !(retriedBelow && known.retry() == Retry.IF_IDEMPOTENT)
                && (known.retry() != Retry.SAFE || remote.declares(known.getClass()))
                && known.getClass().getPackage() == HoldfastException.class.getPackage()) {
            return new ThrownReply(CallStatus.of(known), null, known);
        }
        String id = correlationId.isEmpty() ? ids.next() : correlationId;
        failures.failed(error, id);
        return new ThrownReply(
                CallStatus.INTERNAL,
                RpcWire.other(error.getClass().getName(), String.valueOf(error.getMessage()), id, retriedBelow),
                null);
    }
}
