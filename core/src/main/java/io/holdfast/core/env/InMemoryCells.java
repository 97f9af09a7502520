package io.holdfast.core.env;

import io.holdfast.core.Check;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

final class InMemoryCells implements DurableCells {
    private final Map<String, byte[]> cells = new ConcurrentHashMap<>();

    @Override
    public Optional<byte[]> read(String name) {
        return Optional.ofNullable(cells.get(name)).map(byte[]::clone);
    }

    @Override
    public void write(String name, byte[] value) {
        Check.label("cell name", name);
        Check.that(
                value.length <= MAX_BYTES,
                "cell %s (%d bytes) must be at most %d bytes",
                name,
                value.length,
                MAX_BYTES);
        cells.put(name, value.clone());
    }
}
