package io.holdfast.benchmarks.rpc;

/**
 * One cell of the table, as the driver asks for it.
 *
 * @param tls whether over TLS
 * @param inFlight calls in flight
 * @param warmMillis how long before it is measured
 * @param millis how long it is measured
 */
record Cell(boolean tls, int inFlight, int warmMillis, int millis) {
    /** One line, for {@link #parse}. */
    String line() {
        return tls + " " + inFlight + " " + warmMillis + " " + millis;
    }

    static Cell parse(String line) {
        String[] parts = line.split(" ", -1);
        return new Cell(
                Boolean.parseBoolean(parts[0]),
                Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]));
    }
}
