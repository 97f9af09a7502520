/** Who is asking: tokens that are signed with a shared secret. */
@NullMarked
package io.holdfast.examples.streaming.auth;

import org.jspecify.annotations.NullMarked;
