package io.holdfast.consensus.ratis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.TimeDuration;

/** Entries of the log that follow one another, as many as one request takes. */
final class LogSlice {
    private static final int MAX_ENTRIES = 512;
    private static final TimeDuration NO_WAIT = TimeDuration.valueOf(1, TimeUnit.SECONDS);

    private LogSlice() {}

    /**
     * Reads them.
     *
     * @param from the first index
     * @param maxBytes what they may have together; a first one that is larger goes alone
     * @return the entries; empty if the first is not there
     */
    static List<LogEntryProto> read(RaftLog log, long from, long maxBytes) throws IOException {
        List<LogEntryProto> entries = new ArrayList<>();
        long end = log.getNextIndex();
        long bytes = 0;
        try {
            for (long index = from; index < end && entries.size() < MAX_ENTRIES; index++) {
                RaftLog.EntryWithData found = log.getEntryWithData(index);
                if (found == null) {
                    break;
                }
                LogEntryProto entry = found.getEntry(NO_WAIT);
                bytes += entry.getSerializedSize();
                if (bytes > maxBytes && !entries.isEmpty()) {
                    break;
                }
                entries.add(entry);
            }
        } catch (TimeoutException e) {
            throw new IOException("entry is not there", e); // cannot be: our entries keep no data beside the log
        }
        return entries;
    }
}
