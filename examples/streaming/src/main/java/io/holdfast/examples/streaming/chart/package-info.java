/** How often each title was played in all, counted once a night by one node that holds a lock. */
@NullMarked
package io.holdfast.examples.streaming.chart;

import org.jspecify.annotations.NullMarked;
