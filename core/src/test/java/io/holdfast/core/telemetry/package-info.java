/** Tests of telemetry. */
@NullMarked
package io.holdfast.core.telemetry;

import org.jspecify.annotations.NullMarked;
