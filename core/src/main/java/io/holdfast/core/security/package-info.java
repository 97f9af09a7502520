/**
 * Who acts and what must not be printed. Policies and permissions are judged where calls arrive.
 */
@NullMarked
package io.holdfast.core.security;

import org.jspecify.annotations.NullMarked;
