package io.holdfast.discovery.seed;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds nodes to call first. Implement it to ask what your platform knows. Asked again and again on a thread of its own, which it may block; it is not asked twice at once.
 */
@FunctionalInterface
public interface SeedSource {
    /**
     * Looks.
     *
     * @return the addresses found now; this node's own may be among them
     * @throws IOException if nothing can be found out now; the seeds found last stay in force, and it is asked again
     */
    List<Address> find() throws IOException;

    /**
     * Always the same addresses.
     *
     * @param addresses the addresses
     * @return the source
     */
    static SeedSource fixed(List<Address> addresses) {
        List<Address> copy = List.copyOf(addresses);
        return () -> copy;
    }

    /**
     * All addresses of a name (A and AAAA records), for instance of a headless Kubernetes service.
     *
     * @param name the name
     * @param port the port that all nodes use
     * @return the source
     */
    static SeedSource dns(String name, int port) {
        return new DnsSeeds(new Address(name, port));
    }

    /**
     * The targets of SRV records (RFC 2782), which name hosts and ports, lowest priority value first.
     *
     * @param name for instance {@code _holdfast._tcp.example.org}
     * @return the source
     */
    static SeedSource srv(String name) {
        return new SrvSeeds(name);
    }

    /**
     * A file with one {@code host:port} a line, read anew each time; empty lines and lines that start with {@code #} do not count.
     *
     * @param file the file, at most 64 KiB
     * @return the source
     */
    static SeedSource file(Path file) {
        return new FileSeeds(file);
    }

    /**
     * Reads a configuration value: {@code host:port}, {@code dns:name:port}, {@code srv:name} or {@code file:path}.
     *
     * @param text the value
     * @return the source
     * @throws IllegalArgumentException if the text has no such form; the message names the text and the forms
     */
    static SeedSource parse(String text) {
        if (text.startsWith("dns:")) {
            return new DnsSeeds(Address.parse(text.substring(4)));
        }
        if (text.startsWith("srv:")) {
            Check.that(text.length() > 4, "seed (%s) must name the records: srv:_service._tcp.name", text);
            return srv(text.substring(4));
        }
        if (text.startsWith("file:")) {
            Check.that(text.length() > 5, "seed (%s) must name the file: file:/path", text);
            return file(Path.of(text.substring(5)));
        }
        Address address = Address.parse(text);
        Check.that(address.port() > 0, "seed (%s) must have a port between 1 and 65535", text);
        return fixed(List.of(address));
    }

    /**
     * All that several sources find. One that fails does not hide what the others find; if all fail, so does this one.
     *
     * @param sources the sources
     * @return the source
     */
    static SeedSource all(List<SeedSource> sources) {
        return new AllSeeds(List.copyOf(sources));
    }
}
