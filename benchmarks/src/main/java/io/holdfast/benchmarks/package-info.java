/** What is measured by JMH; the runs beside peers are in the packages below. docs/benchmarks.md says how to run them. */
@NullMarked
package io.holdfast.benchmarks;

import org.jspecify.annotations.NullMarked;
