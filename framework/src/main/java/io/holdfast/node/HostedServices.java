package io.holdfast.node;

import io.holdfast.contract.Contract;
import io.holdfast.contract.ContractReader;
import io.holdfast.core.DurationText;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.env.Registration;
import io.holdfast.rpc.ServerSide;
import io.holdfast.rpc.ServiceServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services that this node offers. Safe for use by many threads. */
final class HostedServices {
    private static final Logger log = LoggerFactory.getLogger(HostedServices.class);
    private static final Duration OWN_VIEW_LIMIT = Duration.ofSeconds(1);

    private record Hosted(ServiceInstance instance, ServiceServer server) {}

    private final ContractReader reader;
    private final ServerSide side;
    private final ServiceDirectory directory;
    private final Member self;
    private final String version;
    private final Map<String, Hosted> hosted = new LinkedHashMap<>();
    private boolean withdrawn;

    HostedServices(ContractReader reader, ServerSide side, ServiceDirectory directory, Member self, String version) {
        this.reader = reader;
        this.side = side;
        this.directory = directory;
        this.self = self;
        this.version = version;
    }

    /** Reads all contracts first, so that a mistake in one leaves none half hosted. */
    synchronized void host(Object service, boolean hasJobs) {
        List<Class<?>> types = ContractReader.contractsOf(service);
        if (types.isEmpty() && !hasJobs) {
            throw new InvalidContractException(
                    service.getClass().getName()
                            + " implements no contract: none of its interfaces has @RemoteService, and none of its methods @LeaderOnly or @Scheduled, and it is no @Singleton; annotate the interface that callers use");
        }
        List<Contract> contracts = new ArrayList<>();
        for (Class<?> type : types) {
            Contract contract = reader.read(type);
            boolean twice = contracts.stream().anyMatch(other -> other.service().equals(contract.service()));
            if (twice || hosted.containsKey(contract.service().value())) {
                throw new InvalidContractException("service " + contract.service() + " is hosted by node " + self.id()
                        + " already; host it once, or give one of the two another name in @RemoteService");
            }
            contracts.add(contract);
        }
        contracts.forEach(contract -> start(contract, service));
    }

    @SuppressWarnings("try") // the watch is the effect
    private void start(Contract contract, Object service) {
        ServiceServer server = ServiceServer.start(contract, service, side);
        ServiceInstance instance = new ServiceInstance(
                contract.service(),
                self.id(),
                self.address(),
                version.isEmpty() ? contract.version() : version,
                self.zone(),
                Map.of(),
                ServiceInstance.DEFAULT_WEIGHT,
                !withdrawn,
                contract.hashes());
        hosted.put(contract.service().value(), new Hosted(instance, server));
        CompletableFuture<Void> known = new CompletableFuture<>();
        try (Registration watching = directory.watch(contract.service(), event -> noticeOwn(event, known))) {
            directory.register(instance);
            known.get(OWN_VIEW_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.warn(
                    "node {} does not see its own service {} after {}",
                    self.id(),
                    contract.service(),
                    DurationText.of(OWN_VIEW_LIMIT));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Who hosts a service may call it at once: the directory is fed by another thread. */
    private void noticeOwn(ServiceEvent event, CompletableFuture<Void> known) {
        if (event instanceof ServiceEvent.Updated updated
                && updated.instance().node().equals(self.id())) {
            known.complete(null);
        }
    }

    synchronized boolean isEmpty() {
        return hosted.isEmpty();
    }

    /** Tells the cluster that no more calls shall come; those that come are still served. */
    synchronized void withdraw() {
        withdrawn = true;
        hosted.values().forEach(one -> directory.register(one.instance().withReady(false)));
    }
}
