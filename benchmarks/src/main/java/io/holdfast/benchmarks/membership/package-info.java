/**
 * How long a cluster takes to form, to take a member in and to see one gone, and what it costs while nothing happens. Start at
 * {@link io.holdfast.benchmarks.membership.MembershipBenchmark}.
 */
@NullMarked
package io.holdfast.benchmarks.membership;

import org.jspecify.annotations.NullMarked;
