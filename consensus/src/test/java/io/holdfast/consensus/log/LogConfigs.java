package io.holdfast.consensus.log;

/** The standard bounds, but for some. */
public final class LogConfigs {
    private LogConfigs() {}

    /** With so many batches of a node and entries of a leader under way at once. */
    public static GroupLogConfig open(int batches, int entries) {
        GroupLogConfig lan = GroupLogConfig.lan();
        return of(lan.maxEntryCommands(), lan.queuedCommands(), batches, entries);
    }

    /** With so many commands that may wait. */
    static GroupLogConfig queued(int commands) {
        GroupLogConfig lan = GroupLogConfig.lan();
        return of(Math.min(lan.maxEntryCommands(), commands), commands, lan.openBatches(), lan.openEntries());
    }

    private static GroupLogConfig of(int maxEntryCommands, int queuedCommands, int batches, int entries) {
        GroupLogConfig lan = GroupLogConfig.lan();
        return new GroupLogConfig(
                lan.maxCommandSize(),
                maxEntryCommands,
                lan.maxEntrySize(),
                queuedCommands,
                lan.queuedSize(),
                batches,
                entries,
                lan.waitingReads(),
                lan.roundTimeout(),
                lan.tickInterval());
    }
}
