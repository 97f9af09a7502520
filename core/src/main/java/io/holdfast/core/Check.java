package io.holdfast.core;

import java.time.Duration;
import java.util.stream.Stream;

/**
 * Checks of arguments and configuration whose messages name the value and the rule.
 *
 * <p>Every method returns its value or throws {@link IllegalArgumentException}; the configuration binder turns that into a problem with
 * file and line.
 */
public final class Check {
    private Check() {}

    /**
     * Requires a condition.
     *
     * @param condition what must hold
     * @param format the message as for {@link String#format}: name (value), rule, other side, what to change
     * @param arguments the message's arguments; a duration is written as in configuration, for instance {@code 300ms}
     * @throws IllegalArgumentException with the formatted message if the condition does not hold
     */
    public static void that(boolean condition, String format, Object... arguments) {
        if (!condition) {
            Object[] readable = Stream.of(arguments)
                    .map(each -> each instanceof Duration duration ? DurationText.of(duration) : each)
                    .toArray();
            throw new IllegalArgumentException(String.format(format, readable));
        }
    }

    /**
     * Requires a duration greater than zero.
     *
     * @param name the name of the option, for the message
     * @param value the duration
     * @return the value
     * @throws IllegalArgumentException if it is zero or negative
     */
    public static Duration positive(String name, Duration value) {
        that(!value.isNegative() && !value.isZero(), "%s (%s) must be longer than zero", name, value);
        return value;
    }

    /**
     * Requires a duration of zero or more.
     *
     * @param name the name of the option, for the message
     * @param value the duration
     * @return the value
     * @throws IllegalArgumentException if it is negative
     */
    public static Duration notNegative(String name, Duration value) {
        that(!value.isNegative(), "%s (%s) must not be negative", name, value);
        return value;
    }

    /**
     * Requires a number within bounds.
     *
     * @param name the name of the option, for the message
     * @param value the number
     * @param min the smallest number allowed
     * @param max the largest number allowed
     * @return the value
     * @throws IllegalArgumentException if it is out of bounds
     */
    public static long between(String name, long value, long min, long max) {
        that(value >= min && value <= max, "%s (%d) must be between %d and %d", name, value, min, max);
        return value;
    }

    /**
     * Requires a ratio between 0 and 1.
     *
     * @param name the name of the option, for the message
     * @param value the ratio
     * @return the value
     * @throws IllegalArgumentException if it is out of bounds or not a number
     */
    public static double ratio(String name, double value) {
        that(value >= 0 && value <= 1, "%s (%s) must be a ratio between 0 and 1 (0%% and 100%%)", name, value);
        return value;
    }

    /**
     * Requires an RFC 1123 DNS label: 1 to 63 characters of {@code a-z}, {@code 0-9} and inner hyphens.
     *
     * @param name what is named, for the message
     * @param value the label
     * @return the value
     * @throws IllegalArgumentException if it is not a label
     */
    public static String label(String name, String value) {
        that(
                isLabel(value),
                "%s (%s) must be a DNS label: 1 to 63 characters of a-z, 0-9 and '-', starting and ending with a letter or digit",
                name,
                abbreviate(value));
        return value;
    }

    private static boolean isLabel(String value) {
        if (value.isEmpty() || value.length() > 63) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean inner = i > 0 && i < value.length() - 1;
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && !(inner && c == '-')) {
                return false;
            }
        }
        return true;
    }

    private static String abbreviate(String value) {
        return value.length() <= 80 ? value : value.substring(0, 80) + "... (" + value.length() + " characters)";
    }
}
