package io.holdfast.consensus;

import io.holdfast.consensus.primitive.PermitDescription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Who holds a lock or permits, and who waits; the first 100 of each.
 *
 * @param permits how many permits there are; 0 if nobody holds or waits
 * @param taken how many are held
 * @param waiting how many wait
 * @param holding who holds, the oldest first
 * @param queue who waits, the next first
 */
public record Holders(int permits, int taken, int waiting, List<Holder> holding, List<Holder> queue) {
    /**
     * Copies the lists.
     *
     * @param permits as the component
     * @param taken as the component
     * @param waiting as the component
     * @param holding as the component
     * @param queue as the component
     */
    public Holders {
        holding = List.copyOf(holding);
        queue = List.copyOf(queue);
    }

    /**
     * One who holds or waits.
     *
     * @param node the node
     * @param session its session with the group
     * @param token the fencing token of one who holds; for one who waits, the revision since which it does
     * @param permits how many
     * @param age for how long it has held or waited, in the group's time, which stands still while the group has no leader
     */
    public record Holder(String node, long session, long token, int permits, Duration age) {}

    static Holders of(PermitDescription found) {
        return new Holders(
                found.permits(), found.taken(), found.waiting(), list(found.holders()), list(found.waiters()));
    }

    private static List<Holder> list(List<PermitDescription.Claim> claims) {
        return claims.stream()
                .map(claim -> new Holder(
                        new String(claim.owner(), StandardCharsets.UTF_8),
                        claim.session(),
                        claim.number(),
                        claim.permits(),
                        Duration.ofNanos(claim.ageNanos())))
                .toList();
    }
}
