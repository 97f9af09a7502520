/** The demo: three nodes, a fixed rate of requests, one node killed, and what the requests saw of it. */
@NullMarked
package io.holdfast.examples.streaming.demo;

import org.jspecify.annotations.NullMarked;
