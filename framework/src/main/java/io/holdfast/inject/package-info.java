/**
 * Makes objects whose constructors ask for parts of a node. Inner part of the framework; the only importer of jakarta.inject.
 */
@NullMarked
package io.holdfast.inject;

import org.jspecify.annotations.NullMarked;
