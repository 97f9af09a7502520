package io.holdfast.core.env;

import io.holdfast.core.Check;

/** What every kind of cells refuses, so that a test in memory finds what a disk would refuse. */
final class CellRules {
    private CellRules() {}

    static void check(String name, byte[] value) {
        Check.label("cell name", name);
        Check.that(
                value.length <= DurableCells.MAX_BYTES,
                "cell %s (%d bytes) must be at most %d bytes",
                name,
                value.length,
                DurableCells.MAX_BYTES);
    }
}
