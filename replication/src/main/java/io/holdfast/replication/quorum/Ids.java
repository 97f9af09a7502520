package io.holdfast.replication.quorum;

/** Numbers of requests: another life of this node begins elsewhere, so that a late answer finds nobody. */
final class Ids {
    private long next;

    Ids(long random) {
        this.next = (random >>> 2) + 1;
    }

    long next() {
        return next++;
    }
}
