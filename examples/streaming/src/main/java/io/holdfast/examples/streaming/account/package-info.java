/** Who the users are and what each may watch: kept in replicated maps, so that every node says the same. */
@NullMarked
package io.holdfast.examples.streaming.account;

import org.jspecify.annotations.NullMarked;
