package io.holdfast.testkit.sim;

import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.JournalSettings;
import io.holdfast.core.cluster.ReplicatedJournal.Appended;
import io.holdfast.core.cluster.ReplicatedJournal.Condition;
import io.holdfast.core.cluster.ReplicatedJournal.Entry;
import io.holdfast.core.cluster.ReplicatedJournal.Outcome;
import io.holdfast.core.cluster.ReplicatedJournal.Page;
import io.holdfast.core.cluster.ReplicatedJournal.Position;
import io.holdfast.core.cluster.ReplicatedJournal.Recorded;
import io.holdfast.core.cluster.ReplicatedJournal.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The records of a {@link SimJournal}, or of one replica of it, at one revision. */
final class SimRecords implements SimReplicated.State<SimRecords> {
    private final TreeMap<Long, Recorded> records = new TreeMap<>();
    private final TreeMap<String, TreeSet<Long>> keys = new TreeMap<>();
    private final TreeMap<String, Long> fences = new TreeMap<>();
    private final TreeMap<String, Position> consumers = new TreeMap<>();
    private JournalSettings settings = JournalSettings.keepAll();
    private long end = 1;
    private long bytes;
    private long epochs;
    private long revision;

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public void copy(SimRecords other) {
        records.clear();
        records.putAll(other.records);
        keys.clear();
        other.keys.forEach((key, offsets) -> keys.put(key, new TreeSet<>(offsets)));
        fences.clear();
        fences.putAll(other.fences);
        consumers.clear();
        consumers.putAll(other.consumers);
        settings = other.settings;
        end = other.end;
        bytes = other.bytes;
        epochs = other.epochs;
        revision = other.revision;
    }

    /** Something happens at a time: what is too old goes first. */
    SimRecords at(long now, long at) {
        revision = at;
        long maxAge = settings.maxAge().toNanos();
        while (maxAge > 0
                && !records.isEmpty()
                && now - records.firstEntry().getValue().timeNanos() >= maxAge) {
            remove(records.firstKey());
        }
        if (settings.compacts()) {
            List.copyOf(records.values()).stream()
                    .filter(each -> isTombstone(each)
                            && now - each.timeNanos() >= settings.tombstones().toNanos())
                    .forEach(each -> remove(each.offset()));
        }
        return this;
    }

    private static boolean isTombstone(Recorded each) {
        return !each.key().isEmpty() && each.value().length == 0;
    }

    private void remove(long offset) {
        Recorded gone = records.remove(offset);
        if (gone != null) {
            bytes -= JournalRules.cost(gone.key(), gone.value());
            TreeSet<Long> others = keys.get(gone.key());
            if (others != null) {
                others.remove(offset);
                if (others.isEmpty()) {
                    keys.remove(gone.key());
                }
            }
        }
    }

    private long lastOf(String key) {
        TreeSet<Long> offsets = keys.get(key);
        return offsets == null ? 0 : offsets.last();
    }

    Appended append(List<Entry> entries, List<Condition> conditions, long now) {
        Set<String> fenced = new HashSet<>();
        for (Condition condition : conditions) {
            if (condition instanceof Condition.Fence fence) {
                long stands = fences.getOrDefault(fence.name(), 0L);
                if (stands > fence.epoch()) {
                    return refused(Outcome.FENCED, stands);
                }
                fenced.add(fence.name());
            } else if (condition instanceof Condition.LastOfKey last && lastOf(last.key()) != last.offset()) {
                return refused(Outcome.CONFLICT, lastOf(last.key()));
            }
        }
        fenced.addAll(fences.keySet());
        if (fenced.size() > JournalRules.MAX_FENCES || (!settings.dropsOldest() && !fits(entries))) {
            return refused(Outcome.FULL, 0);
        }
        for (Condition condition : conditions) {
            if (condition instanceof Condition.Fence fence) {
                fences.merge(fence.name(), fence.epoch(), Math::max);
            }
        }
        long first = end;
        entries.forEach(entry -> add(entry, now));
        while (bytes > settings.maxBytes() || records.size() > settings.maxRecords()) {
            remove(records.firstKey());
        }
        return new Appended(Outcome.APPENDED, entries.isEmpty() ? 0 : first, entries.size(), 0, revision);
    }

    private Appended refused(Outcome outcome, long found) {
        return new Appended(outcome, 0, 0, found, revision);
    }

    private boolean fits(List<Entry> entries) {
        long size = bytes;
        long count = records.size();
        Map<String, Integer> last = new TreeMap<>();
        for (Entry entry : entries) {
            int cost = JournalRules.cost(entry.key(), entry.value());
            size += cost;
            count++;
            if (settings.compacts() && !entry.key().isEmpty()) {
                Integer before = last.put(entry.key(), cost);
                if (before != null) {
                    size -= before;
                    count--;
                } else {
                    for (long offset : keys.getOrDefault(entry.key(), new TreeSet<>())) {
                        size -= cost(offset);
                        count--;
                    }
                }
            }
        }
        return entries.isEmpty() || (size <= settings.maxBytes() && count <= settings.maxRecords());
    }

    private int cost(long offset) {
        Recorded found = records.get(offset);
        return found == null ? 0 : JournalRules.cost(found.key(), found.value());
    }

    private void add(Entry entry, long now) {
        if (settings.compacts() && !entry.key().isEmpty()) {
            List.copyOf(keys.getOrDefault(entry.key(), new TreeSet<>())).forEach(this::remove);
        }
        long offset = end++;
        records.put(offset, new Recorded(offset, now, entry.key(), entry.value()));
        bytes += JournalRules.cost(entry.key(), entry.value());
        if (!entry.key().isEmpty()) {
            keys.computeIfAbsent(entry.key(), key -> new TreeSet<>()).add(offset);
        }
    }

    long trim(long before) {
        for (int i = 0; i < JournalRules.MAX_TRIM && oldest() < before && !records.isEmpty(); i++) {
            remove(records.firstKey());
        }
        return oldest();
    }

    void configure(JournalSettings value) {
        settings = value;
    }

    Optional<Position> claim(String consumer, String owner) {
        Position before = consumers.get(consumer);
        if (before == null && consumers.size() >= JournalRules.MAX_CONSUMERS) {
            return Optional.empty();
        }
        Position claimed = new Position(consumer, owner, ++epochs, before == null ? 0 : before.next());
        consumers.put(consumer, claimed);
        return Optional.of(claimed);
    }

    boolean commit(String consumer, long epoch, long next) {
        Position before = consumers.get(consumer);
        if (before == null || before.epoch() != epoch) {
            return false;
        }
        long reached = Math.max(before.next(), Math.min(next, end));
        consumers.put(consumer, new Position(consumer, before.owner(), epoch, reached));
        return true;
    }

    boolean release(String consumer, long epoch) {
        Position before = consumers.get(consumer);
        if (before == null || before.epoch() != epoch) {
            return false;
        }
        consumers.put(consumer, new Position(consumer, "", ++epochs, before.next()));
        return true;
    }

    boolean forget(String consumer) {
        return consumers.remove(consumer) != null;
    }

    List<Position> consumers() {
        return List.copyOf(consumers.values());
    }

    long end() {
        return end;
    }

    private long oldest() {
        return records.isEmpty() ? end : records.firstKey();
    }

    Status status() {
        return new Status(oldest(), end, records.size(), bytes, settings);
    }

    JournalSettings settings() {
        return settings;
    }

    Page read(long from, int maxRecords, int maxBytes) {
        List<Recorded> found = fill(records.tailMap(from, true).values(), maxRecords, maxBytes);
        long next = found.isEmpty()
                ? Math.max(from, end)
                : found.get(found.size() - 1).offset() + 1;
        return new Page(found, next, oldest(), end, revision);
    }

    Page readKey(String key, long before, int maxRecords, int maxBytes) {
        List<Recorded> older = new ArrayList<>();
        for (long offset :
                keys.getOrDefault(key, new TreeSet<>()).headSet(before, false).descendingSet()) {
            Recorded each = records.get(offset);
            if (each != null) {
                older.add(each);
            }
        }
        List<Recorded> found = fill(older, maxRecords, maxBytes);
        @Nullable Recorded last = found.isEmpty() ? null : found.get(found.size() - 1);
        long next = last == null || found.size() == older.size() ? 0 : last.offset();
        return new Page(found, next, oldest(), end, revision);
    }

    private static List<Recorded> fill(Collection<Recorded> from, int maxRecords, int maxBytes) {
        List<Recorded> found = new ArrayList<>();
        long size = 0;
        for (Recorded each : from) {
            size += JournalRules.cost(each.key(), each.value());
            if (found.size() == maxRecords || (size > maxBytes && !found.isEmpty())) {
                break;
            }
            found.add(each);
        }
        return found;
    }
}
