/**
 * HTTP routes of a node: start at {@link io.holdfast.gateway.Routes}.
 */
@NullMarked
package io.holdfast.gateway;

import org.jspecify.annotations.NullMarked;
