package io.holdfast.testkit.sim;

import io.holdfast.core.env.DurableCells;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** The disk of a node: outlives its crashes, and fails when told to. */
final class SimCells implements DurableCells {
    private final DurableCells cells = DurableCells.inMemory();
    private final String node;
    private boolean failing;

    SimCells(String node) {
        this.node = node;
    }

    void failing(boolean value) {
        failing = value;
    }

    @Override
    public Optional<byte[]> read(String name) {
        return cells.read(name);
    }

    @Override
    public void write(String name, byte[] value) {
        if (failing) {
            throw new UncheckedIOException(
                    new IOException("the simulated disk of " + node + " refuses to write cell " + name));
        }
        cells.write(name, value);
    }
}
