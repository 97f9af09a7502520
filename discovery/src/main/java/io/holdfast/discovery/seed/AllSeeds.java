package io.holdfast.discovery.seed;

import io.holdfast.core.Address;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

record AllSeeds(List<SeedSource> sources) implements SeedSource {
    @Override
    public List<Address> find() throws IOException {
        Set<Address> found = new LinkedHashSet<>();
        List<IOException> failures = new ArrayList<>();
        for (SeedSource source : sources) {
            try {
                found.addAll(source.find());
            } catch (IOException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty() && failures.size() == sources.size()) {
            IOException all = new IOException(
                    "no seed source answered: " + failures.get(0).getMessage(), failures.get(0));
            failures.stream().skip(1).forEach(all::addSuppressed);
            throw all;
        }
        return List.copyOf(found);
    }
}
