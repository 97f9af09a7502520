package io.holdfast.discovery.swim;

import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.loop.Outbox;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who offers what: at most {@code maxServices} names an owner. */
final class Registry extends OwnedTable<ServiceName, Rumor.OfService> {
    Registry(LocalNode local) {
        super(local);
    }

    void register(ServiceInstance instance, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (hasRoom(local.id(), instance.service(), out)) {
            own(new Rumor.OfService(local.id(), instance.service(), nextVersion(), instance), out);
        }
    }

    void withdraw(ServiceName service, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Rumor.OfService current = find(local.id(), service);
        if (current != null && current.present()) {
            own(withdrawn(local.id(), service, nextVersion()), out);
        }
    }

    @Override
    String what() {
        return "offer of service";
    }

    @Override
    int maxKeys() {
        return local.config.maxServices();
    }

    @Override
    long firstVersion() {
        return local.incarnation();
    }

    @Override
    Rumor.OfService withdrawn(NodeId owner, ServiceName service, long newVersion) {
        return new Rumor.OfService(owner, service, newVersion, null);
    }

    @Override
    Rumor.OfService renewed(Rumor.OfService current, long newVersion) {
        return new Rumor.OfService(current.owner(), current.service(), newVersion, current.instance());
    }

    @Override
    boolean same(Rumor.@Nullable OfService before, Rumor.OfService now) {
        return Objects.equals(before == null ? null : before.instance(), now.instance());
    }

    @Override
    void publish(Rumor.OfService rumor, Outbox<Packet, SwimTimer, SwimEvent> out) {
        ServiceInstance instance = rumor.instance();
        ServiceEvent event = instance == null
                ? new ServiceEvent.Removed(rumor.service(), rumor.owner())
                : new ServiceEvent.Updated(instance);
        out.publish(new SwimEvent.ServiceChanged(event));
    }
}
