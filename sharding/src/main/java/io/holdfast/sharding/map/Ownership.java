package io.holdfast.sharding.map;

import io.holdfast.core.Check;
import io.holdfast.core.Epoch;
import java.util.Optional;

/**
 * Who owns a shard, and how it came to.
 *
 * @param owner who owns it; empty before the first owner, or when nobody may have it
 * @param epoch grows by one with each change of the owner; what is written under an earlier one is refused
 * @param previous who owned it in the epoch before, if anybody did
 * @param handsOver whether the previous owner lives and will release the shard; if not, the owner waits until the previous one's lease has surely run out
 * @param target who prepares to own it next, in a live move; empty otherwise
 */
public record Ownership(
        Optional<Host> owner, Epoch epoch, Optional<Host> previous, boolean handsOver, Optional<Host> target) {
    /** Nobody's, ever. */
    public static final Ownership NONE =
            new Ownership(Optional.empty(), Epoch.ZERO, Optional.empty(), false, Optional.empty());

    /**
     * Validates the parts.
     *
     * @param owner as the component
     * @param epoch as the component
     * @param previous as the component
     * @param handsOver as the component
     * @param target as the component
     * @throws IllegalArgumentException if nobody is to hand over, or an owner is its own target
     */
    public Ownership {
        Check.that(!handsOver || previous.isPresent(), "a shard that is handed over needs a previous owner");
        Check.that(
                target.isEmpty() || !target.equals(owner),
                "target (%s) of a move must be another than the owner",
                target);
    }

    /**
     * A live move begins: the target prepares, and nothing else changes.
     *
     * @param host who shall own it
     * @return the ownership
     */
    public Ownership preparing(Host host) {
        return new Ownership(owner, epoch, previous, handsOver, Optional.of(host));
    }

    /**
     * The move does not take place.
     *
     * @return the ownership without a target
     */
    public Ownership without() {
        return new Ownership(owner, epoch, previous, handsOver, Optional.empty());
    }

    /**
     * The next owner, whom the present one gives the shard to.
     *
     * @param host the next owner
     * @return the ownership, an epoch later
     */
    public Ownership handedTo(Host host) {
        return new Ownership(Optional.of(host), epoch.next(), owner, owner.isPresent(), Optional.empty());
    }

    /**
     * The same owner in an epoch beyond one that its fence shows, though no map ever did that is known: the map comes from an older backup than the fence.
     *
     * @param fence the epoch of the fence
     * @return the ownership, an epoch after that
     */
    public Ownership beyond(Epoch fence) {
        return new Ownership(owner, fence.next(), owner, false, Optional.empty());
    }

    /**
     * The next owner, after the present one is gone.
     *
     * @param host the next owner
     * @return the ownership, an epoch later
     */
    public Ownership takenBy(Host host) {
        return new Ownership(Optional.of(host), epoch.next(), owner, false, Optional.empty());
    }
}
