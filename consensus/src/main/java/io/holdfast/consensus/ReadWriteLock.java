package io.holdfast.consensus;

/**
 * Two locks of which the one for writing is held by one lease and excludes all others, and the one for reading by up to a million. The queue is fair: a reader that comes after a writer
 * waits for it, so writers are not starved. A lease cannot be changed from one into the other; give it back first.
 *
 * @param readLock the lock of those who read
 * @param writeLock the lock of those who write
 */
public record ReadWriteLock(DistributedLock readLock, DistributedLock writeLock) {}
