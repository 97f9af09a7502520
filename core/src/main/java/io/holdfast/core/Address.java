package io.holdfast.core;

/**
 * Where a node listens: a host name or IP literal and a TCP port.
 *
 * <p>No name is resolved here; the transport resolves when it connects.
 *
 * @param host a host name, an IPv4 literal or an IPv6 literal without brackets
 * @param port 0 to 65535; 0 asks for a free port when binding and is refused when connecting
 */
public record Address(String host, int port) implements Comparable<Address> {
    /**
     * Validates host and port.
     *
     * @param host as the component
     * @param port as the component
     * @throws IllegalArgumentException if the host is empty or holds a space, bracket or slash, or the port is out of range
     */
    public Address {
        Check.that(
                !host.isEmpty()
                        && host.length() <= 255
                        && host.chars().noneMatch(c -> c <= ' ' || "[]/@".indexOf(c) >= 0),
                "address host (%s) must be a host name or an IP literal without brackets; write host:port or [ipv6]:port",
                host.length() <= 255 ? host : host.length() + " characters");
        Check.between("address port", port, 0, 65_535);
    }

    /**
     * Makes an address.
     *
     * @param host host name or IP literal
     * @param port 0 to 65535
     * @return the address
     * @throws IllegalArgumentException as the constructor does
     */
    public static Address of(String host, int port) {
        return new Address(host, port);
    }

    /**
     * Reads {@code host:port} or {@code [ipv6]:port}.
     *
     * @param text the text
     * @return the address
     * @throws IllegalArgumentException if the text has another form; the message names the text and the form
     */
    public static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else {
            Check.that(
                    host.indexOf(':') < 0,
                    "address (%s) has several colons; write an IPv6 address as [ipv6]:port",
                    text);
        }
        Check.that(!host.isEmpty(), "address (%s) must be host:port, for instance 127.0.0.1:7946", text);
        return new Address(host, parsePort(text, text.substring(colon + 1)));
    }

    /**
     * Whether only this machine can be meant. A name such as {@code 127.example.com} is anybody's to resolve, so of names only {@code localhost} counts.
     *
     * @return true for {@code localhost} and the literals of the loopback interface
     */
    public boolean isLoopback() {
        return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    private static int parsePort(String text, String port) {
        boolean digits = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        Check.that(digits, "address (%s) must end with a port number between 0 and 65535", text);
        return Integer.parseInt(port);
    }

    @Override
    public int compareTo(Address other) {
        int byHost = host.compareTo(other.host);
        return byHost != 0 ? byHost : Integer.compare(port, other.port);
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
