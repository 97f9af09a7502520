package io.holdfast.node;

import io.holdfast.gateway.Routes;
import io.holdfast.transport.http.HttpServer;

/**
 * An open gateway.
 *
 * @param routes what it answers
 * @param server where it listens
 */
record Gateway(Routes routes, HttpServer server) {}
