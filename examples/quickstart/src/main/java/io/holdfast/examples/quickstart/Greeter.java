package io.holdfast.examples.quickstart;

import io.holdfast.core.call.Idempotent;
import io.holdfast.service.RemoteService;

@RemoteService("greeter")
@Idempotent
public interface Greeter {
    String greet(String name);
}
