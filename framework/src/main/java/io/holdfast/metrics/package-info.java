/**
 * Metrics as Prometheus scrapes them; the only importer of Micrometer's Prometheus registry. Inner part of the framework.
 */
@NullMarked
package io.holdfast.metrics;

import org.jspecify.annotations.NullMarked;
