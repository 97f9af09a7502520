package io.holdfast.node;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.discovery.seed.SeedSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who a node is and where it stands: {@code holdfast.node}.
 *
 * @param id its name
 * @param cluster the cluster's name
 * @param bind where it listens for nodes
 * @param advertise what others connect to, where it differs
 * @param seeds whom it asks for the cluster
 * @param expect how many nodes form the cluster
 * @param zone where it stands
 * @param version what it runs
 * @param dataDir where it keeps its memory
 * @param insecure whether it may listen beyond loopback without TLS
 * @param drain how long a leave waits for calls
 */
public record NodeConfig(
        @Doc("The node's name, a DNS label that is unique in the cluster. A node without one takes a random name.")
        Optional<NodeId> id,

        @Doc("The cluster's name. Nodes of another name are refused, with a message on both sides.")
        @Default("holdfast")
        String cluster,

        @Doc("Where to listen for other nodes; port 0 takes a free one.") @Default("127.0.0.1:0")
        Address bind,

        @Doc("The address that other nodes connect to, where it differs from the bound one (containers, NAT).")
        Optional<Address> advertise,

        @Doc("Nodes to ask for the cluster, host:port each; see docs/discovery.md for DNS and files.")
        List<String> seeds,

        @Doc(
                "How many nodes form the cluster the first time: so many must find each other before any of them is ready.")
        @Default("1")
        int expect,

        @Doc("The zone that the node stands in. Calls prefer instances of the caller's zone.") @Default("")
        String zone,

        @Doc(
                "The version of the program that the node runs: its service instances tell it, for traffic policy and people. Where it is empty, @RemoteService(version) holds.")
        @Default("")
        String version,

        @Doc(
                "Directory of the node's memory: cluster id, incarnation, replica. Without it a restarted node starts anew.")
        Optional<Path> dataDir,

        @Doc("Allows a bind beyond loopback without TLS: whoever reaches the port is then a trusted node.")
        @Default("false")
        boolean insecure,

        @Doc("How long a graceful leave waits for running calls, and again for peers to hear of it.") @Default("10s")
        Duration drain) {
    /**
     * Validates names and bounds.
     *
     * @param id as the component
     * @param cluster as the component
     * @param bind as the component
     * @param advertise as the component
     * @param seeds as the component
     * @param expect as the component
     * @param zone as the component
     * @param version as the component
     * @param dataDir as the component
     * @param insecure as the component
     * @param drain as the component
     * @throws IllegalArgumentException if a value breaks a rule
     */
    public NodeConfig {
        Check.label("cluster", cluster);
        Check.between("expect", expect, 1, 1000);
        Check.that(zone.length() <= 63, "zone (%s) must have at most 63 characters", zone);
        Check.that(version.length() <= 64, "version (%s) must have at most 64 characters", version);
        Check.positive("drain", drain);
        seeds = List.copyOf(seeds);
        seeds.forEach(NodeConfig::checkSeed);
    }

    private static void checkSeed(String seed) {
        try {
            SeedSource.parse(seed);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("seeds (" + seed + ") holds no seed: " + e.getMessage(), e);
        }
    }
}
