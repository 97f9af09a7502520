/** What viewers make of titles: views and likes, which every node counts by itself and which merge. */
@NullMarked
package io.holdfast.examples.streaming.reaction;

import org.jspecify.annotations.NullMarked;
