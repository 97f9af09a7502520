/**
 * Contract suites: abstract JUnit classes that state the rules of a port as tests. Each implementation extends them.
 */
@NullMarked
package io.holdfast.testkit.contract;

import org.jspecify.annotations.NullMarked;
