/** JSON at the edges of the example; the only package that knows Jackson. */
@NullMarked
package io.holdfast.examples.streaming.json;

import org.jspecify.annotations.NullMarked;
