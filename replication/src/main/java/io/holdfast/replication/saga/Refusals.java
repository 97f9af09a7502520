package io.holdfast.replication.saga;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import java.time.Duration;

/** The words in which requests are refused. */
final class Refusals {
    private static final Duration LATER = Duration.ofSeconds(1);

    private Refusals() {}

    static HoldfastException notServing(int shard, SagaShard.Phase phase) {
        return new UnavailableException("shard " + shard + " of the sagas is "
                + (phase == SagaShard.Phase.OPENING ? "being taken over by this node" : "going to another node")
                + "; ask again soon");
    }

    static HoldfastException moved() {
        return new UnknownOutcomeException(
                "the shard moved to another node while this was written; ask there: repeating it is safe");
    }

    static HoldfastException tooMuchWaits(String id) {
        return OverloadedException.withoutTrace(
                "1,000 requests wait for saga " + id + ", its limit; wait until the journal has a leader again", LATER);
    }

    static HoldfastException tooMuchWaits() {
        return OverloadedException.withoutTrace(
                "65,536 requests wait for the sagas of this node, its limit; send fewer at once", LATER);
    }

    static HoldfastException notHere(int shard) {
        return new UnavailableException("shard " + shard + " of the sagas is not owned by this node; ask its owner");
    }

    static HoldfastException tooManyAlive(int shard, int max) {
        return OverloadedException.withoutTrace(
                "shard " + shard + " runs " + max + " sagas, its limit; start fewer, or raise max-alive", LATER);
    }

    static HoldfastException tooManyEnded(int shard, int max) {
        return OverloadedException.withoutTrace(
                "shard " + shard + " remembers " + max
                        + " sagas that have ended, its limit, so that no repeated start runs twice; shorten retention, or raise max-ended",
                LATER);
    }

    static SagaRefusedException unknownDefinition(String name, String version) {
        return new SagaRefusedException("saga " + name + version
                + " is not registered on the node that owns its shard; register it on all nodes that may");
    }

    static SagaRefusedException otherInput(String id, String definition) {
        return new SagaRefusedException(
                "saga " + id + " was started already, as " + definition
                        + " or with another input; give each saga an id of its own, and start it with the same input when you repeat");
    }

    static SagaRefusedException noSaga(String id) {
        return new SagaRefusedException("there is no saga " + id + "; it was never started, or is forgotten");
    }

    static SagaRefusedException over(String id, String state) {
        return new SagaRefusedException("saga " + id + " is " + state + "; nothing can be changed any more");
    }

    static SagaRefusedException diverged(SagaView view) {
        return new SagaRefusedException("saga " + view.id() + " is not run: " + view.detail());
    }
}
