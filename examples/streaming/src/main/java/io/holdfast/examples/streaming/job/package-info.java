/** Work that a node does again and again, without being asked. */
@NullMarked
package io.holdfast.examples.streaming.job;

import org.jspecify.annotations.NullMarked;
