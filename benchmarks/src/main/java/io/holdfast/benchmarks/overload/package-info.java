/** Five times as many calls as a service can do: goodput and who is served, with no limit, a fixed one, those of Netflix and ours. */
@NullMarked
package io.holdfast.benchmarks.overload;

import org.jspecify.annotations.NullMarked;
