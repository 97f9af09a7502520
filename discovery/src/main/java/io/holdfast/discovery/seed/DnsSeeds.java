package io.holdfast.discovery.seed;

import io.holdfast.core.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** The JVM caches answers for {@code networkaddress.cache.ttl} seconds, 30 by default: the name is asked for no more often than that. */
record DnsSeeds(Address name) implements SeedSource {
    @Override
    public List<Address> find() throws IOException {
        return Arrays.stream(InetAddress.getAllByName(name.host()))
                .map(address -> new Address(address.getHostAddress(), name.port()))
                .sorted()
                .toList();
    }
}
