/**
 * Which of a service's instances a call may go to, and what else happens to it on the way: rules per service as one value ({@link io.holdfast.discovery.traffic.TrafficPolicy}), changed while calls
 * run by {@link io.holdfast.discovery.traffic.TrafficPolicies}. A canary ({@link io.holdfast.discovery.traffic.CanaryConfig}) is a value too. Start at {@code TrafficPolicies}.
 * All types are safe for use by many threads.
 */
@NullMarked
package io.holdfast.discovery.traffic;

import org.jspecify.annotations.NullMarked;
