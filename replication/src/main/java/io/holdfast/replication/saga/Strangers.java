package io.holdfast.replication.saga;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sagas of a shard that are not run, since their history does not fit the code of this node. They can be looked at and given up. Belongs to the loop. */
final class Strangers {
    private static final Logger LOG = LoggerFactory.getLogger(Strangers.class);

    /**
     * One of them.
     *
     * @param view why it is not run
     * @param file where its history lies; empty for a child that could not be started
     * @param started how it began, if that can be read
     */
    record Stranger(SagaView view, Optional<SagaFile> file, Optional<SagaRecord.Started> started) {}

    private final SagaShard shard;
    private final TreeMap<String, Stranger> strangers = new TreeMap<>();
    private final Map<String, CompletableFuture<SagaView>> goingUp = new HashMap<>();

    Strangers(SagaShard shard) {
        this.shard = shard;
    }

    void add(Stranger stranger) {
        SagaView view = stranger.view();
        LOG.error("saga {} of {}/{} is not run: {}", view.id(), view.definition(), view.version(), view.detail());
        shard.side().note(view.id(), "not run: " + view.detail());
        shard.side().meters().moved(null, SagaView.Status.DIVERGED);
        strangers.put(view.id(), stranger);
    }

    boolean has(String id) {
        return strangers.containsKey(id);
    }

    Optional<SagaView> find(String id) {
        return Optional.ofNullable(strangers.get(id)).map(Stranger::view);
    }

    List<SagaView> views() {
        return strangers.values().stream().map(Stranger::view).toList();
    }

    /** Children that are not run go with their root. */
    List<String> keysBelow(String root) {
        List<String> keys = new ArrayList<>();
        below(root).values().forEach(each -> each.file().ifPresent(file -> keys.addAll(file.keys())));
        return keys;
    }

    void forgetBelow(String root) {
        List.copyOf(below(root).keySet()).forEach(this::remove);
    }

    private Map<String, Stranger> below(String root) {
        return strangers.subMap(root + "/", root + "0");
    }

    private void remove(String id) {
        if (strangers.remove(id) != null) {
            shard.side().meters().moved(SagaView.Status.DIVERGED, null);
        }
    }

    void clear() {
        List.copyOf(strangers.keySet()).forEach(this::remove);
        goingUp.values().forEach(heard -> heard.completeExceptionally(Refusals.moved()));
    }

    /** Ends one of which nobody will run the rest. */
    CompletableFuture<SagaView> abort(String id, String by) {
        Stranger stranger = strangers.get(id);
        if (stranger == null || stranger.file().isEmpty() || !SagaIds.isRoot(id)) {
            throw new SagaRefusedException("saga " + id + " is a child that is not run; give up saga "
                    + SagaIds.root(id) + ", of which it is a part");
        }
        CompletableFuture<SagaView> before = goingUp.get(id);
        if (before != null) {
            return before;
        }
        CompletableFuture<SagaView> heard = new CompletableFuture<>();
        goingUp.put(id, heard);
        SagaFile file = stranger.file().get();
        long now = shard.now();
        SagaRecord.Ended end = end(stranger, Outcomes.brief(by));
        SagaEntry entry = new SagaEntry(now, shard.epoch(), shard.node(), List.of(end));
        shard.log().append(file.last(entry, shard.keysOfDescendants(id)), offset -> {
            file.committed(offset);
            goingUp.remove(id);
            remove(id);
            shard.remember(id, end, file);
            shard.find(id).ifPresent(heard::complete);
        });
        return heard;
    }

    private static SagaRecord.Ended end(Stranger stranger, String by) {
        SagaView view = stranger.view();
        byte[] input = stranger.started().map(SagaRecord.Started::input).orElse(NoResult.BYTES);
        return new SagaRecord.Ended(
                SagaRecord.Outcome.ABORTED,
                Outcomes.brief("given up by " + by + ", not run: " + view.detail()),
                view.definition(),
                view.version(),
                view.startedMillis(),
                SagaMachine.digest(view.definition(), input),
                NoResult.BYTES);
    }
}
