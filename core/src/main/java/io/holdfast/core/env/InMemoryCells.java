package io.holdfast.core.env;

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
        CellRules.check(name, value);
        cells.put(name, value.clone());
    }
}
