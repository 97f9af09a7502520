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
        return switch (status) {
            case 403 -> "not-in-plan";
            case 404 -> "not-found";
            default -> "bad-request";
        };
    }

    String title() {
        return switch (status) {
            case 403 -> "Not In Your Plan";
            case 404 -> "Not Found";
            default -> "Bad Request";
        };
    }
}
