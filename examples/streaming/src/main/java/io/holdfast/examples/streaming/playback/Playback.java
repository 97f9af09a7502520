package io.holdfast.examples.streaming.playback;

import io.holdfast.circuitbreaker.Timeout;
import io.holdfast.core.call.Idempotent;
import io.holdfast.service.RemoteService;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * One copy of what users watch. Which copies belong to a user, {@link PlaybackOwners} knows; it asks two, so a call needs no retry, and a breaker over all nodes would shut the healthy owner
 * off with the sick one.
 */
@RemoteService("playback")
@Idempotent
@Timeout("2s") // a slow owner holds nobody up while the other answers; if both are slow, the later the better than not
// at all
public interface Playback {
    /**
     * Reads this copy.
     *
     * @param user the user's name
     * @return what this copy knows, nothing for a user it does not know
     */
    CompletionStage<History> history(String user);

    /**
     * Adds to this copy what it does not know yet.
     *
     * @param user the user's name
     * @param watched what another knows
     * @return what this copy now knows
     */
    CompletionStage<History> merge(String user, List<Watched> watched);
}
