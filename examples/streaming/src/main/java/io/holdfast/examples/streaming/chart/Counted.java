package io.holdfast.examples.streaming.chart;

/**
 * How far the counting has come.
 *
 * @param next the first play that is not counted
 * @param token the fencing token of the lock under which it was counted
 * @param node the node that counted
 * @param atMillis when, by its clock, in milliseconds since 1970
 */
public record Counted(long next, long token, String node, long atMillis) {
    /** Before the first night. */
    static final Counted NOTHING = new Counted(0, 0, "", 0);
}
