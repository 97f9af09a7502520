package io.holdfast.discovery;

import io.holdfast.core.ProtocolException;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.discovery.seed.SeedSource;
import io.holdfast.discovery.swim.SwimIdentity;
import java.util.ArrayList;
import java.util.List;

/** Describes a node before it starts; begin at {@link Discovery#of}. For use by one thread. */
public final class DiscoveryBuilder {
    final SwimIdentity identity;
    final Transport transport;
    final Environment environment;
    final Telemetry telemetry;
    private final List<SeedSource> sources = new ArrayList<>();
    DiscoveryConfig config = DiscoveryConfig.lan();
    DurableCells cells = DurableCells.inMemory();

    DiscoveryBuilder(SwimIdentity identity, Transport transport, Environment environment, Telemetry telemetry) {
        this.identity = identity;
        this.transport = transport;
        this.environment = environment;
        this.telemetry = telemetry;
    }

    /**
     * The options; {@link DiscoveryConfig#lan()} by default.
     *
     * @param value the options
     * @return this
     */
    public DiscoveryBuilder config(DiscoveryConfig value) {
        config = value;
        return this;
    }

    /**
     * Where the cluster id is kept; by default in memory, so that a restarted node is a new one that must find its cluster again.
     *
     * @param value the cells
     * @return this
     */
    public DiscoveryBuilder cells(DurableCells value) {
        cells = value;
        return this;
    }

    /**
     * One more source of seeds, beside those of the options.
     *
     * @param value the source
     * @return this
     */
    public DiscoveryBuilder seeds(SeedSource value) {
        sources.add(value);
        return this;
    }

    SeedSource allSeeds() {
        List<SeedSource> all = new ArrayList<>(sources);
        config.seeds().forEach(text -> all.add(SeedSource.parse(text)));
        return SeedSource.all(all);
    }

    /**
     * Starts to look for the cluster; {@link Discovery#joined()} says when it was found.
     *
     * @return the running node
     * @throws ProtocolException if what an earlier run kept on disk cannot be read; the message says why
     */
    public Discovery start() {
        Discovery discovery = new Discovery(this);
        discovery.connect();
        return discovery;
    }
}
