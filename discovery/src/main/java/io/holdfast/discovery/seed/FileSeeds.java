package io.holdfast.discovery.seed;

import io.holdfast.core.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

record FileSeeds(Path file) implements SeedSource {
    private static final long MAX_BYTES = 64 * 1024;

    @Override
    public List<Address> find() throws IOException {
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new IOException(
                    "seed file " + file + " (" + size + " bytes) must be at most " + MAX_BYTES + " bytes");
        }
        List<Address> found = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            String text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                found.add(parse(text, number));
            }
        }
        return List.copyOf(found);
    }

    private Address parse(String text, int line) throws IOException {
        try {
            return Address.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("seed file " + file + ", line " + line + ": " + e.getMessage(), e);
        }
    }
}
