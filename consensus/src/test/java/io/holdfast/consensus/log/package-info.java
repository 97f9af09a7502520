/** The log on a model of the engine, in virtual time. */
@NullMarked
package io.holdfast.consensus.log;

import org.jspecify.annotations.NullMarked;
