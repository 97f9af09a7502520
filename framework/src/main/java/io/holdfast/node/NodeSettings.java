package io.holdfast.node;

import io.holdfast.circuitbreaker.chaos.ChaosConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.core.Check;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.config.BoundConfiguration;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.config.Section;
import io.holdfast.core.slo.SlosConfig;
import io.holdfast.discovery.traffic.TrafficConfig;
import io.holdfast.replication.crdt.CrdtConfig;
import io.holdfast.sharding.ShardingConfig;
import java.util.List;

/**
 * Everything under {@code holdfast.}, bound and validated at once.
 *
 * @param node who the node is
 * @param admin where the admin endpoint listens
 * @param gateway where the gateway listens
 * @param server how calls are served
 * @param client how services are called
 * @param wire how bytes travel
 * @param gossip how nodes find each other
 * @param consensus what all nodes agree on
 * @param leaderOnly the jobs that one node does at a time
 * @param sharding whether this node takes part in shards
 * @param shards how keys are spread and shards move
 * @param replication what needs no leader
 * @param crdt how replicated values spread, and how large they may grow
 * @param jobs the scheduled jobs of the cluster
 * @param policies the resilience policies
 * @param traffic how calls find their instance
 * @param slos what is wanted of the services
 * @param chaos what may go wrong on purpose
 */
public record NodeSettings(
        NodeConfig node,
        AdminConfig admin,
        GatewayConfig gateway,
        ServerConfig server,
        ClientConfig client,
        WireConfig wire,
        GossipConfig gossip,
        ConsensusConfig consensus,
        LeaderOnlyConfig leaderOnly,
        ShardingSettings sharding,
        ShardingConfig shards,
        ReplicationConfig replication,
        CrdtConfig crdt,
        JobsConfig jobs,
        PoliciesConfig policies,
        TrafficConfig traffic,
        SlosConfig slos,
        ChaosConfig chaos) {
    private static final Section<NodeConfig> NODE = Section.of("holdfast.node", NodeConfig.class);
    private static final Section<AdminConfig> ADMIN = Section.of("holdfast.admin", AdminConfig.class);
    private static final Section<GatewayConfig> GATEWAY = Section.of("holdfast.gateway", GatewayConfig.class);
    private static final Section<ServerConfig> SERVER = Section.of("holdfast.server", ServerConfig.class);
    private static final Section<ClientConfig> CLIENT = Section.of("holdfast.client", ClientConfig.class);
    private static final Section<CrdtConfig> CRDT = Section.of("holdfast.crdt", CrdtConfig.class);
    private static final Section<WireConfig> WIRE = Section.of("holdfast.transport", WireConfig.class);
    private static final Section<GossipConfig> GOSSIP = Section.of("holdfast.discovery", GossipConfig.class);
    private static final Section<ConsensusConfig> CONSENSUS = Section.of("holdfast.consensus", ConsensusConfig.class);
    private static final Section<ShardingConfig> SHARDS = Section.of("holdfast.sharding", ShardingConfig.class);

    /**
     * Validates what concerns more than one section.
     *
     * @param node as the component
     * @param admin as the component
     * @param gateway as the component
     * @param server as the component
     * @param client as the component
     * @param wire as the component
     * @param gossip as the component
     * @param consensus as the component
     * @param leaderOnly as the component
     * @param sharding as the component
     * @param shards as the component
     * @param replication as the component
     * @param crdt as the component
     * @param jobs as the component
     * @param policies as the component
     * @param traffic as the component
     * @param slos as the component
     * @param chaos as the component
     * @throws IllegalArgumentException if a backup is to be restored and others are to found the cluster too, or shards are wanted without consensus
     */
    public NodeSettings {
        Check.that(
                consensus.restoreFrom().isEmpty() || node.expect() == 1,
                "holdfast.node.expect (%s) must be 1 where holdfast.consensus.restore-from is set: the node with the backup founds the cluster alone, and the others join it",
                node.expect());
        Check.that(
                consensus.restoreFrom().isEmpty() || consensus.enabled(),
                "holdfast.consensus.restore-from is set and holdfast.consensus.enabled is false; enable it on all nodes");
        Check.that(
                !sharding.enabled() || consensus.enabled(),
                "holdfast.sharding.enabled is true and holdfast.consensus.enabled is false: shards are owned by what all nodes agree on; enable both on all nodes");
    }

    /** All sections, in the order of {@code docs/configuration.md}. */
    public static final List<Section<?>> SECTIONS = List.of(
            NODE,
            ADMIN,
            GATEWAY,
            SERVER,
            CLIENT,
            GOSSIP,
            CONSENSUS,
            LeaderOnlyConfig.SECTION,
            ShardingSettings.SECTION,
            SHARDS,
            ReplicationConfig.SECTION,
            CRDT,
            JobsConfig.SECTION,
            WIRE,
            PoliciesConfig.SECTION,
            TrafficConfig.SECTION,
            SlosConfig.SECTION,
            ChaosConfig.SECTION);

    /**
     * Binds all sections.
     *
     * @param configuration the sources
     * @return the settings
     * @throws HoldfastException with every problem of every source
     */
    public static NodeSettings bind(Configuration configuration) {
        BoundConfiguration bound = configuration.bind(SECTIONS);
        return new NodeSettings(
                bound.get(NODE),
                bound.get(ADMIN),
                bound.get(GATEWAY),
                bound.get(SERVER),
                bound.get(CLIENT),
                bound.get(WIRE),
                bound.get(GOSSIP),
                bound.get(CONSENSUS),
                bound.get(LeaderOnlyConfig.SECTION),
                bound.get(ShardingSettings.SECTION),
                bound.get(SHARDS),
                bound.get(ReplicationConfig.SECTION),
                bound.get(CRDT),
                bound.get(JobsConfig.SECTION),
                bound.get(PoliciesConfig.SECTION),
                bound.get(TrafficConfig.SECTION),
                bound.get(SlosConfig.SECTION),
                bound.get(ChaosConfig.SECTION));
    }
}
