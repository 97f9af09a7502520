/**
 * What an annotated interface says, read once and checked whole: start at {@link io.holdfast.contract.ContractReader}. Inner part of the framework.
 */
@NullMarked
package io.holdfast.contract;

import org.jspecify.annotations.NullMarked;
