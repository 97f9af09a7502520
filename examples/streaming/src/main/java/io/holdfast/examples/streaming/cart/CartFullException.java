package io.holdfast.examples.streaming.cart;

/** The cart holds as much as it can. Check out, then add. */
public final class CartFullException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Says which.
     *
     * @param message what is full
     */
    public CartFullException(String message) {
        super(message);
    }
}
