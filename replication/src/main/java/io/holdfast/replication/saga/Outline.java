package io.holdfast.replication.saga;

import io.holdfast.replication.saga.SagaRecord.ChildStarted;
import io.holdfast.replication.saga.SagaRecord.Resolved;
import io.holdfast.replication.saga.SagaRecord.Signalled;
import io.holdfast.replication.saga.SagaRecord.Started;
import io.holdfast.replication.saga.SagaRecord.Succeeded;
import java.util.ArrayList;
import java.util.List;

/** A history without inputs and results, for people: at most {@value #MAX_BYTES} bytes, of which the middle goes first. Belongs to its file. */
final class Outline {
    private static final int MAX_BYTES = 4 << 10;

    private final List<SagaEntry> entries = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private int bytes;

    void add(SagaEntry entry) {
        SagaEntry brief = new SagaEntry(
                entry.atMillis(),
                entry.epoch(),
                entry.node(),
                entry.records().stream().map(Outline::brief).toList());
        int size = SagaEntryCodec.encode(List.of(brief)).length;
        entries.add(brief);
        sizes.add(size);
        bytes += size;
        while (bytes > MAX_BYTES && entries.size() > 2) {
            int middle = entries.size() / 2;
            entries.remove(middle);
            bytes -= sizes.remove(middle);
        }
    }

    private static SagaRecord brief(SagaRecord record) {
        if (record instanceof Started started) {
            return new Started(
                    started.definition(),
                    started.version(),
                    "",
                    NoResult.BYTES,
                    started.deadlineMillis(),
                    started.trace());
        } else if (record instanceof Succeeded done) {
            return new Succeeded(done.step(), done.direction(), NoResult.BYTES);
        } else if (record instanceof Signalled signal) {
            return new Signalled(signal.step(), NoResult.BYTES);
        } else if (record instanceof ChildStarted child) {
            return new ChildStarted(child.step(), NoResult.BYTES);
        } else if (record instanceof Resolved resolved) {
            return new Resolved(resolved.step(), resolved.direction(), resolved.how(), NoResult.BYTES, resolved.by());
        }
        return record;
    }

    List<SagaEntry> entries() {
        return List.copyOf(entries);
    }
}
