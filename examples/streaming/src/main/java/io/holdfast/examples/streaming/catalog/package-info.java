/** The titles: what the catalogue holds, how it is searched, and the cache in front of it at its callers. */
@NullMarked
package io.holdfast.examples.streaming.catalog;

import org.jspecify.annotations.NullMarked;
