package io.holdfast.node;

import io.holdfast.contract.Contract;
import io.holdfast.contract.ContractReader;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.rpc.ServerSide;
import io.holdfast.rpc.ServiceServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The services that this node offers. Safe for use by many threads. */
final class HostedServices {
    private record Hosted(ServiceInstance instance, ServiceServer server) {}

    private final ContractReader reader;
    private final ServerSide side;
    private final ServiceDirectory directory;
    private final Member self;
    private final Map<String, Hosted> hosted = new LinkedHashMap<>();
    private boolean withdrawn;

    HostedServices(ContractReader reader, ServerSide side, ServiceDirectory directory, Member self) {
        this.reader = reader;
        this.side = side;
        this.directory = directory;
        this.self = self;
    }

    /** Reads all contracts first, so that a mistake in one leaves none half hosted. */
    synchronized void host(Object service) {
        List<Contract> contracts = new ArrayList<>();
        for (Class<?> type : ContractReader.contractsOf(service)) {
            Contract contract = reader.read(type);
            if (hosted.containsKey(contract.service().value())) {
                throw new InvalidContractException("service " + contract.service() + " is hosted by node " + self.id()
                        + " already; host it once, or give one of the two another name in @RemoteService");
            }
            contracts.add(contract);
        }
        contracts.forEach(contract -> start(contract, service));
    }

    private void start(Contract contract, Object service) {
        ServiceServer server = ServiceServer.start(contract, service, side);
        ServiceInstance instance = new ServiceInstance(
                contract.service(),
                self.id(),
                self.address(),
                contract.version(),
                self.zone(),
                Map.of(),
                ServiceInstance.DEFAULT_WEIGHT,
                !withdrawn,
                contract.hashes());
        hosted.put(contract.service().value(), new Hosted(instance, server));
        directory.register(instance);
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
