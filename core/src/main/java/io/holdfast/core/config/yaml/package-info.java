/**
 * The only package that sees the YAML library; internal to {@code io.holdfast.core.config}.
 */
@NullMarked
package io.holdfast.core.config.yaml;

import org.jspecify.annotations.NullMarked;
