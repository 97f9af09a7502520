/**
 * A node's session with a group: it numbers operations so that each is applied once however often it is sent, keeps itself alive, and follows events.
 * Start at {@link io.holdfast.consensus.session.GroupSession}. All types are safe for use by many threads unless they say otherwise.
 */
@NullMarked
package io.holdfast.consensus.session;

import org.jspecify.annotations.NullMarked;
