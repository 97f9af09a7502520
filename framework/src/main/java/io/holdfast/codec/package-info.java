/**
 * The wire form of user records: CBOR (RFC 8949), tokens by Jackson, bound by nodes that are built once from the types
 * of a contract. Start at {@link io.holdfast.codec.CborCodec}. Nodes are immutable and safe for use by many threads.
 * This is the only package that imports {@code tools.jackson}.
 */
@NullMarked
package io.holdfast.codec;

import org.jspecify.annotations.NullMarked;
