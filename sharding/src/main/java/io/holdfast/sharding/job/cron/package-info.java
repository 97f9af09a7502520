/** When a cron expression is due, in a zone with summer time. The only package that imports cron-utils. */
@NullMarked
package io.holdfast.sharding.job.cron;

import org.jspecify.annotations.NullMarked;
