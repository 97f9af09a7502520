package io.holdfast.core;

/**
 * The name of a service: what a contract is published and found under.
 *
 * @param value a DNS label, for instance {@code catalog}
 */
public record ServiceName(String value) implements Comparable<ServiceName> {
    /**
     * Validates the name.
     *
     * @param value as the component
     * @throws IllegalArgumentException if the value is not a DNS label
     */
    public ServiceName {
        Check.label("service name", value);
    }

    /**
     * Makes a name.
     *
     * @param value a DNS label
     * @return the name
     * @throws IllegalArgumentException if the value is not a DNS label
     */
    public static ServiceName of(String value) {
        return new ServiceName(value);
    }

    @Override
    public int compareTo(ServiceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
