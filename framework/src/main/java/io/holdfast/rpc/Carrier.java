package io.holdfast.rpc;

import io.holdfast.core.call.CallContext;
import java.util.concurrent.CompletionStage;

/** Takes the bytes of a call to whoever answers it. */
@FunctionalInterface
public interface Carrier {
    /**
     * Sends a call.
     *
     * @param method the method's number
     * @param arguments the encoded arguments
     * @param context deadline and all else that travels
     * @return the answer's bytes, as {@link InvokedMethod} made them; a {@link java.util.concurrent.CompletableFuture} is cancelled when nobody waits any more
     */
    CompletionStage<byte[]> send(int method, byte[] arguments, CallContext context);
}
