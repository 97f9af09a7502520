/**
 * Records what clients did to a replicated object and decides whether it is linearizable. Start at {@link io.holdfast.testkit.history.HistoryRecorder}, which any test can
 * use, then ask {@link io.holdfast.testkit.history.LinearizabilityChecker}; {@link io.holdfast.testkit.history.HistoryProbes} are the cheap checks for huge histories.
 *
 * <p>The recorder is safe for use by many threads; all other types are immutable.
 */
@NullMarked
package io.holdfast.testkit.history;

import org.jspecify.annotations.NullMarked;
