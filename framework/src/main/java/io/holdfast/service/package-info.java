/**
 * What a service contract is written with. Start at {@link io.holdfast.service.RemoteService}.
 */
@NullMarked
package io.holdfast.service;

import org.jspecify.annotations.NullMarked;
