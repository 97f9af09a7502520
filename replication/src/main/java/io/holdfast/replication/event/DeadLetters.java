package io.holdfast.replication.event;

import io.holdfast.core.Deadline;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.cluster.ReplicatedJournal.Entry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where events go that a group cannot deal with. */
@FunctionalInterface
public interface DeadLetters {
    /**
     * Keeps a letter. It may come twice, if the node fell behind this call: log, group, partition and offset name it.
     *
     * @param letter the letter
     * @param deadline until when the caller waits
     * @return completes when it is kept; if it fails the group tries again, and does not go on before
     */
    CompletionStage<?> bury(DeadLetter letter, Deadline deadline);

    /**
     * Keeps letters in a journal, each a record whose value {@link DeadLetter#decode} reads, under the key of the event. Of an event that is too large for another envelope only the place and the error are
     * kept: the event itself is still where it was.
     *
     * @param journal the journal; let it {@linkplain io.holdfast.core.cluster.JournalSettings#dropsOldest drop its oldest}, or trim it: when it is full the groups wait
     * @return the place
     */
    static DeadLetters in(ReplicatedJournal journal) {
        return (letter, deadline) -> {
            Entry entry = new Entry(letter.key(), letter.encode());
            if (JournalRules.cost(entry.key(), entry.value()) > JournalRules.MAX_APPEND_BYTES) {
                DeadLetter small = new DeadLetter(
                        letter.log(),
                        letter.group(),
                        letter.partition(),
                        letter.offset(),
                        letter.key(),
                        new byte[0],
                        letter.error());
                entry = new Entry(letter.key(), small.encode());
            }
            return journal.append(List.of(entry), List.of(), deadline).thenAccept(appended -> {
                if (!appended.applied()) {
                    throw new OverloadedException(
                            "the journal of dead letters is full; trim it, or let it drop its oldest",
                            Duration.ofSeconds(1));
                }
            });
        };
    }
}
