/** What to watch next: titles ranked by rating, votes and what the user has watched. */
@NullMarked
package io.holdfast.examples.streaming.recommendation;

import org.jspecify.annotations.NullMarked;
