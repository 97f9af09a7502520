/**
 * What operators run from the command line, without a node: {@link io.holdfast.consensus.tool.BackupTool}.
 */
@NullMarked
package io.holdfast.consensus.tool;

import org.jspecify.annotations.NullMarked;
