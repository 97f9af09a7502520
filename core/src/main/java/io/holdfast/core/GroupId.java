package io.holdfast.core;

/**
 * The name of a consensus group.
 *
 * @param value a DNS label, for instance {@code meta}
 */
public record GroupId(String value) implements Comparable<GroupId> {
    /**
     * Validates the name.
     *
     * @param value as the component
     * @throws IllegalArgumentException if the value is not a DNS label
     */
    public GroupId {
        Check.label("group id", value);
    }

    /**
     * Makes a name.
     *
     * @param value a DNS label
     * @return the name
     * @throws IllegalArgumentException if the value is not a DNS label
     */
    public static GroupId of(String value) {
        return new GroupId(value);
    }

    @Override
    public int compareTo(GroupId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
