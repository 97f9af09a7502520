package io.holdfast.node;

import io.holdfast.core.Address;
import io.holdfast.gateway.Routes;
import io.holdfast.transport.http.HttpConfig;
import io.holdfast.transport.http.HttpServer;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * An open gateway.
 *
 * @param routes what it answers
 * @param server where it listens
 */
record Gateway(Routes routes, HttpServer server) {
    /** The HTTP server gives up on a handler so long after the request's deadline. */
    private static final Duration AFTER_DEADLINE = Duration.ofSeconds(1);

    /** The routes stand before the first request can come. */
    static Gateway open(NodeParts parts, Consumer<Routes> answers) {
        GatewayConfig config = parts.settings().gateway();
        Routes routes = new Routes(parts.gatewayCalls());
        answers.accept(routes);
        HttpConfig http = HttpConfig.local().withBind(Address.of(config.host(), config.port()));
        HttpConfig bounded = http.withTimeouts(
                http.headerTimeout(),
                http.bodyTimeout(),
                config.timeout().plus(AFTER_DEADLINE), // the deadline answers first, and says more
                http.idleTimeout());
        HttpServer server = parts.closers().add("gateway", parts.serve("gateway", bounded, routes.handler()));
        return new Gateway(routes, server);
    }
}
