/** What every benchmark shares: child processes, options, tables, medians. */
@NullMarked
package io.holdfast.benchmarks.run;

import org.jspecify.annotations.NullMarked;
