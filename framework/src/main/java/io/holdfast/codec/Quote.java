package io.holdfast.codec;

/** Text from a peer, made fit for a message. */
final class Quote {
    private static final int MAX = 40;
    private static final int MAX_PLACE = 200;

    private Quote() {}

    static String shorten(String text) {
        return cut(text, MAX);
    }

    static String place(String pointer) {
        return cut(pointer, MAX_PLACE);
    }

    private static String cut(String text, int max) {
        String cut = text.length() > max ? text.substring(0, max) + "..." : text;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
