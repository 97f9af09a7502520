@NullMarked
package io.holdfast.circuitbreaker.shared;

import org.jspecify.annotations.NullMarked;
