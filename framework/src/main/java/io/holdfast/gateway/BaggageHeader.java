package io.holdfast.gateway;

import io.holdfast.core.call.CallContext;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the header {@code baggage} (W3C Baggage, section 3). Nothing in it makes a request fail: a member that is malformed is left out, and a header beyond the limits that every
 * platform must carry (64 members, 8192 bytes) is left out whole. The properties of a member are not carried.
 */
final class BaggageHeader {
    private static final int MAX_BYTES = 8192;

    private BaggageHeader() {}

    /** The members with their values decoded; the last one wins where a key comes twice. */
    static Map<String, String> read(String header) {
        if (header.isEmpty() || header.length() > MAX_BYTES) { // a character of a header is a byte of it
            return Map.of();
        }
        Map<String, String> members = new LinkedHashMap<>();
        int found = 0;
        for (String member : header.split(",", -1)) {
            if (!member.isBlank() && ++found > CallContext.MAX_BAGGAGE_ENTRIES) {
                return Map.of();
            }
            read(member, members);
        }
        return members;
    }

    private static void read(String member, Map<String, String> to) {
        int properties = member.indexOf(';');
        String pair = properties < 0 ? member : member.substring(0, properties);
        int equals = pair.indexOf('=');
        if (equals < 0) {
            return;
        }
        String key = pair.substring(0, equals).strip();
        String value = pair.substring(equals + 1).strip();
        if (isToken(key) && value.chars().allMatch(BaggageHeader::isValueOctet)) {
            to.put(key, decode(value));
        }
    }

    /** RFC 9110, section 5.6.2. */
    private static boolean isToken(String key) {
        return !key.isEmpty() && key.chars().allMatch(c -> c > ' ' && c < 127 && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0);
    }

    /** {@code baggage-octet}: printable ASCII without white space, quote, comma, semicolon and backslash. */
    private static boolean isValueOctet(int c) {
        return c > ' ' && c < 127 && "\",;\\".indexOf(c) < 0;
    }

    /** What is no UTF-8 becomes U+FFFD (section 3.3.1); a percent sign without two digits stands for itself. */
    private static String decode(String value) {
        if (value.indexOf('%') < 0) {
            return value;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length());
        for (int i = 0; i < value.length(); i++) {
            int high = i + 2 < value.length() && value.charAt(i) == '%' ? hex(value.charAt(i + 1)) : -1;
            int low = high < 0 ? -1 : hex(value.charAt(i + 2));
            if (low >= 0) {
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(value.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Of ASCII alone: {@link Character#digit} takes digits of every script. */
    private static int hex(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }
}
