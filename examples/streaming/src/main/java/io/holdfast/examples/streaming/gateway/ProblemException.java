package io.holdfast.examples.streaming.gateway;

/** A request that cannot be answered as asked. */
final class ProblemException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    ProblemException(int status, String detail) {
        super(detail);
        this.status = status;
    }

    int status() {
        return status;
    }

    String kind() {
        return status == 404 ? "not-found" : "bad-request";
    }

    String title() {
        return status == 404 ? "Not Found" : "Bad Request";
    }
}
