package io.holdfast.examples.streaming.cart;

import java.util.List;

/**
 * What is in a cart.
 *
 * @param titles the titles' ids, in the order in which they came
 * @param changes how often the cart was changed since it was first used
 * @param servedBy the node on which it lives
 */
public record CartView(List<Integer> titles, long changes, String servedBy) {
    /** Takes an immutable copy. */
    public CartView {
        titles = List.copyOf(titles);
    }
}
