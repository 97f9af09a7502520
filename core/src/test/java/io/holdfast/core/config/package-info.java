/** Tests of the configuration. */
@NullMarked
package io.holdfast.core.config;

import org.jspecify.annotations.NullMarked;
