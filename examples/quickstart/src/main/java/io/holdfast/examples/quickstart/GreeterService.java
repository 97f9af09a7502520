package io.holdfast.examples.quickstart;

import io.holdfast.Holdfast;

public final class GreeterService implements Greeter {
    @Override
    public String greet(String name) {
        return "Hello, " + name;
    }

    public static void main(String[] args) {
        Holdfast.run(args, new GreeterService()).awaitShutdown();
    }
}
