/**
 * Calls between nodes: contracts served and called over the transport. Inner part of the framework.
 */
@NullMarked
package io.holdfast.rpc;

import org.jspecify.annotations.NullMarked;
