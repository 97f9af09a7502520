/**
 * Typed configuration: records bound from YAML, system properties and the environment, with every problem reported at once.
 */
@NullMarked
package io.holdfast.core.config;

import org.jspecify.annotations.NullMarked;
