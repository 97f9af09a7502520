package io.holdfast.codec;

/** Text from a peer, made fit for a message. */
final class Quote {
    private static final int MAX = 40;

    private Quote() {}

    static String shorten(String text) {
        String cut = text.length() > MAX ? text.substring(0, MAX) + "..." : text;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
