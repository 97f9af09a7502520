package io.holdfast.examples.streaming.cart;

/** A user's cart; its key is the user's name. */
public interface Cart {
    /** The most titles of one cart. */
    int MAX_TITLES = 100;

    /**
     * Puts a title in. One that is in stays in once.
     *
     * @param title the title's id
     * @return the cart now
     * @throws CartFullException if it holds {@value #MAX_TITLES} titles already
     */
    CartView add(int title) throws CartFullException;

    /**
     * What is in.
     *
     * @return the cart now
     */
    CartView view();

    /**
     * Takes everything out.
     *
     * @return the cart as it was
     */
    CartView checkOut();
}
