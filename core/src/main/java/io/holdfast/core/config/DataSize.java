package io.holdfast.core.config;

import io.holdfast.core.Check;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of data, written with binary units (IEC 80000-13): {@code 512B}, {@code 64KiB}, {@code 4MiB}, {@code 2GiB}, {@code 1TiB}.
 *
 * @param bytes zero or more
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
    private static final Pattern FORM = Pattern.compile("(0*\\d{1,19})\\s*([A-Za-z]*)");
    private static final List<String> UNITS = List.of("b", "kib", "mib", "gib", "tib");
    private static final List<String> NAMES = List.of("B", "KiB", "MiB", "GiB", "TiB");

    /**
     * Validates the amount.
     *
     * @param bytes zero or more
     * @throws IllegalArgumentException if it is negative
     */
    public DataSize {
        Check.that(bytes >= 0, "data size (%d bytes) must not be negative", bytes);
    }

    /**
     * Reads an amount with its unit.
     *
     * @param text for instance {@code 64MiB}; {@code 0} needs no unit
     * @return the amount
     * @throws IllegalArgumentException if the text has another form or the amount is 2^63 bytes or more
     */
    public static DataSize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        Check.that(matcher.matches(), "must be a size such as 512B, 64KiB, 4MiB or 2GiB");
        String unit = matcher.group(2).toLowerCase(Locale.ROOT);
        BigInteger written = new BigInteger(matcher.group(1));
        Check.that(written.bitLength() < 64, "must be a size below 8388608TiB");
        long amount = written.longValueExact();
        int power = amount == 0 && unit.isEmpty() ? 0 : UNITS.indexOf(unit);
        Check.that(power >= 0, "must be a size with the unit B, KiB, MiB, GiB or TiB, such as %dMiB", amount);
        Check.that(amount <= Long.MAX_VALUE >> (10 * power), "must be a size below 8388608TiB");
        return new DataSize(amount << (10 * power));
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The amount in the largest unit that loses nothing, so that {@link #parse} reads it back. */
    @Override
    public String toString() {
        int power = 0;
        long amount = bytes;
        while (amount != 0 && amount % 1024 == 0 && power < NAMES.size() - 1) {
            amount /= 1024;
            power++;
        }
        return amount + NAMES.get(power);
    }
}
