/**
 * The wire form of user records: a strict subset of CBOR (RFC 8949), bound by nodes that are built once from the types
 * of a contract. Start at {@link io.holdfast.codec.CborCodec}. Nodes are immutable and safe for use by many threads.
 */
@NullMarked
package io.holdfast.codec;

import org.jspecify.annotations.NullMarked;
