package io.holdfast.examples.streaming.load;

/** A request on its way. For use by the load's thread. */
final class Flight {
    private final Shot shot;
    private final long dueNanos;
    private final int firstGateway;
    private int gateway;
    private boolean secondTry;
    private boolean landed;

    Flight(Shot shot, long dueNanos, int firstGateway) {
        this.shot = shot;
        this.dueNanos = dueNanos;
        this.firstGateway = firstGateway;
        this.gateway = firstGateway;
    }

    Shot shot() {
        return shot;
    }

    long dueNanos() {
        return dueNanos;
    }

    int firstGateway() {
        return firstGateway;
    }

    /** Where it was sent last. */
    int gateway() {
        return gateway;
    }

    boolean secondTry() {
        return secondTry;
    }

    void tryAgain(int other) {
        secondTry = true;
        gateway = other;
    }

    /** Whether it is judged; what arrives later does not matter. */
    boolean landed() {
        return landed;
    }

    void land() {
        landed = true;
    }
}
