/**
 * Takes the state of a group into one file while it runs, checks such files, and lets a new cluster begin with one. Start at {@link io.holdfast.consensus.backup.Backups} and
 * {@link io.holdfast.consensus.backup.Backup}; docs/backup.md has the drill, docs/adr/0008 the reasons.
 */
@NullMarked
package io.holdfast.consensus.backup;

import org.jspecify.annotations.NullMarked;
