package io.holdfast;

import io.holdfast.service.RemoteService;

/** A program as a user writes it, for tests that start it in a JVM of its own. */
final class ShopMain {
    @RemoteService("shop")
    public interface Shop {
        String buy(String what);
    }

    private ShopMain() {}

    public static void main(String[] args) {
        Holdfast.run(args, (Shop) what -> "sold " + what).awaitShutdown();
    }
}
