/** What becomes of the calls when instances are slow or fail, and when a new version is bad; and what a choice costs. */
@NullMarked
package io.holdfast.benchmarks.traffic;

import org.jspecify.annotations.NullMarked;
