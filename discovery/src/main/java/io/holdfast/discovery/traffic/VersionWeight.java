package io.holdfast.discovery.traffic;

import io.holdfast.core.Check;

/**
 * A version's part of the calls.
 *
 * @param version as the instances tell it
 * @param weight its weight, 0 to 10,000, relative to the others'
 */
public record VersionWeight(String version, int weight) {
    /**
     * Validates the bounds.
     *
     * @param version as the component
     * @param weight as the component
     * @throws IllegalArgumentException if one is passed
     */
    public VersionWeight {
        Check.that(version.length() <= 64, "version (%d characters) must have at most 64", version.length());
        Check.between("weight of version " + version, weight, 0, 10_000);
    }

    /**
     * Reads a weight.
     *
     * @param text {@code version=weight}, for instance {@code 1.4.0=90}
     * @return the weight
     * @throws IllegalArgumentException if it has another form
     */
    public static VersionWeight parse(String text) {
        int equal = text.lastIndexOf('=');
        Check.that(
                equal > 0 && text.substring(equal + 1).strip().matches("\\d{1,5}"),
                "must be written version=weight, for instance 1.4.0=90");
        return new VersionWeight(
                text.substring(0, equal).strip(),
                Integer.parseInt(text.substring(equal + 1).strip()));
    }

    @Override
    public String toString() {
        return version + "=" + weight;
    }
}
