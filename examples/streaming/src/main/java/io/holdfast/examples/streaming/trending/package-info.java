/** What is played now: plays go into a topic, and one node of the cluster makes a row of them. */
@NullMarked
package io.holdfast.examples.streaming.trending;

import org.jspecify.annotations.NullMarked;
