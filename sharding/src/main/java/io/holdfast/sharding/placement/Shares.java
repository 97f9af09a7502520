package io.holdfast.sharding.placement;

/** Everybody's share: shards by weight, but no fewer than are pinned to it; what pins take beyond a node's weight, all others lack in proportion. */
final class Shares {
    private Shares() {}

    static double[] of(int shards, int[] weights, int[] pinned) {
        boolean[] full = new boolean[weights.length];
        double[] shares = new double[weights.length];
        boolean changed = true;
        while (changed) { // each turn fills a node, or is the last
            changed = false;
            long weight = 0;
            int left = shards;
            for (int node = 0; node < weights.length; node++) {
                weight += full[node] ? 0 : weights[node];
                left -= full[node] ? pinned[node] : 0;
            }
            for (int node = 0; node < weights.length; node++) {
                shares[node] = full[node] ? pinned[node] : (double) ((long) left * weights[node]) / weight;
                if (!full[node] && pinned[node] > shares[node]) {
                    full[node] = true;
                    changed = true;
                }
            }
        }
        return shares;
    }
}
