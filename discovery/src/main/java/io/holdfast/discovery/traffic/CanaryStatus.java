package io.holdfast.discovery.traffic;

/**
 * Where a canary stands at this node.
 *
 * @param version the new version
 * @param phase how far it is
 * @param percent its share of the calls
 * @param why why it was rolled back, empty otherwise
 */
public record CanaryStatus(String version, Phase phase, int percent, String why) {
    /** How far it is. */
    public enum Phase {
        /** Its share grows step by step. */
        RUNNING,
        /** The last step held. */
        COMPLETE,
        /** It gets no calls any more. */
        ROLLED_BACK
    }
}
