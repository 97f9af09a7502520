package io.holdfast.benchmarks.rpc;

import io.holdfast.service.RemoteService;
import java.util.concurrent.CompletionStage;

/** The echo as a Holdfast contract, in the three ways in which a method can be called and run. */
@RemoteService("echo")
public interface Echo {
    /** The caller waits; the implementation runs on a handler thread. */
    Login echo(Login login);

    /** The caller does not wait; the implementation runs on a handler thread. */
    CompletionStage<Login> echoLater(Login login);

    /** The caller does not wait; the implementation has promised not to block and runs on the I/O thread. */
    CompletionStage<Login> echoInline(Login login);
}
