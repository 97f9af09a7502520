/** What users put aside to rent: a cart a user, an entity that lives on one node and survives it. */
@NullMarked
package io.holdfast.examples.streaming.cart;

import org.jspecify.annotations.NullMarked;
