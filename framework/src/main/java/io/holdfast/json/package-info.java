/**
 * JSON as the admin endpoint writes it. Inner part of the framework.
 */
@NullMarked
package io.holdfast.json;

import org.jspecify.annotations.NullMarked;
