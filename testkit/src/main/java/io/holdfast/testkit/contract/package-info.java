/**
 * What each port of {@code core} promises, as tests. An implementation extends the suite of its port and supplies the thing under test; whatever passes may stand in for any
 * other. A suite waits for conditions and never for a time; one that runs in virtual time overrides how it waits ({@link io.holdfast.testkit.contract.Waiting}).
 */
@NullMarked
package io.holdfast.testkit.contract;

import org.jspecify.annotations.NullMarked;
