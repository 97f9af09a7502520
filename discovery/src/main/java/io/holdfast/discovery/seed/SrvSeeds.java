package io.holdfast.discovery.seed;

import io.holdfast.core.Address;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/** Asks the JDK's own DNS client. */
record SrvSeeds(String name) implements SeedSource {
    /** A record of RFC 2782. */
    record Target(int priority, Address address) {
        /** Reads {@code priority weight port target}. */
        static Target parse(String text) throws IOException {
            String[] fields = text.trim().split("\\s+", -1);
            try {
                if (fields.length != 4) {
                    throw new IOException("SRV record (" + text + ") must be: priority weight port target");
                }
                String host = fields[3].endsWith(".") ? fields[3].substring(0, fields[3].length() - 1) : fields[3];
                return new Target(Integer.parseInt(fields[0]), new Address(host, Integer.parseInt(fields[2])));
            } catch (IllegalArgumentException e) {
                throw new IOException("SRV record (" + text + ") must be: priority weight port target", e);
            }
        }
    }

    @Override
    public List<Address> find() throws IOException {
        List<Target> targets = new ArrayList<>();
        for (String record : lookUp()) {
            targets.add(Target.parse(record));
        }
        targets.sort(Comparator.comparingInt(Target::priority).thenComparing(Target::address));
        return targets.stream().map(Target::address).toList();
    }

    // JNDI asks for a Hashtable; only the DNS provider is named, which returns texts and never an object
    @SuppressWarnings({"JdkObsolete", "BanJNDI"})
    private List<String> lookUp() throws IOException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
        environment.put("com.sun.jndi.dns.timeout.initial", "1000");
        environment.put("com.sun.jndi.dns.timeout.retries", "2");
        try {
            InitialDirContext context = new InitialDirContext(environment);
            try {
                Attribute attribute =
                        context.getAttributes(name, new String[] {"SRV"}).get("SRV");
                List<String> records = new ArrayList<>();
                if (attribute != null) {
                    NamingEnumeration<?> all = attribute.getAll();
                    while (all.hasMore()) {
                        records.add(String.valueOf(all.next()));
                    }
                }
                return records;
            } finally {
                context.close();
            }
        } catch (NamingException e) {
            throw new IOException(
                    "SRV records of " + name + " cannot be looked up: " + e.getMessage()
                            + "; check the name and the resolver",
                    e);
        }
    }
}
