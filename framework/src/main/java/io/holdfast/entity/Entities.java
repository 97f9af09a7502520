package io.holdfast.entity;

import io.holdfast.contract.ContractReader;
import io.holdfast.core.Check;
import io.holdfast.core.codec.Codec;
import io.holdfast.inject.Assembler;
import io.holdfast.rpc.ClientSide;
import io.holdfast.rpc.ServerSide;
import io.holdfast.sharding.entity.EntityCalls;
import io.holdfast.sharding.entity.EntityType;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The entities of a cluster, as one of its nodes hosts and calls them. Safe for use by many threads. */
public final class Entities {
    /** A key has so many bytes at most. */
    private static final int MAX_KEY = 512;

    /**
     * What a node has for them.
     *
     * @param calls finds and calls entities
     * @param hosted takes the kinds that this node hosts
     */
    public record Port(EntityCalls calls, Consumer<EntityType> hosted) {}

    private final EntityContracts contracts;
    private final Codec codec;
    private final ClientSide clients;
    private final ServerSide servers;
    private final Supplier<Port> port;
    private final Supplier<Assembler> assembler;
    private final Map<Class<?>, EntityClient> known = new ConcurrentHashMap<>();

    /**
     * Makes the entities of a node.
     *
     * @param reader reads contracts
     * @param codec makes the codecs of states
     * @param clients what callers share
     * @param servers what callees share
     * @param port the node's part of it; throws {@link IllegalStateException} if it has none
     * @param assembler makes the users' objects
     */
    public Entities(
            ContractReader reader,
            Codec codec,
            ClientSide clients,
            ServerSide servers,
            Supplier<Port> port,
            Supplier<Assembler> assembler) {
        this.contracts = new EntityContracts(reader);
        this.codec = codec;
        this.clients = clients;
        this.servers = servers;
        this.port = port;
        this.assembler = assembler;
    }

    /**
     * Lets this node own entities of a kind.
     *
     * @param type the class, with {@link ShardedEntity}
     * @throws io.holdfast.core.InvalidContractException if it breaks a rule, with every problem, or the kind is hosted already
     * @throws IllegalStateException if sharding is not enabled on this node
     */
    public void host(Class<?> type) {
        Consumer<EntityType> hosted = port.get().hosted();
        EntityClass read = EntityClass.read(type, contracts, codec, assembler.get());
        hosted.accept(new ReflectiveEntityType(read, servers));
    }

    /**
     * An entity, wherever it lives; it need not exist before. Its methods fail with what the contract declares, and otherwise with {@link io.holdfast.core.UnavailableException} or
     * {@link io.holdfast.core.OverloadedException} (nothing was done), {@link io.holdfast.core.UnknownOutcomeException} or {@link io.holdfast.core.DeadlineExceededException} (it may have been done),
     * or {@link io.holdfast.service.RemoteServiceException} (it threw, and nothing was changed).
     *
     * @param contract the interface that its class implements
     * @param key its key, 1 to 512 bytes of UTF-8
     * @param <T> the interface
     * @return a reference that is safe for use by many threads, cheap, and may be kept
     * @throws io.holdfast.core.InvalidContractException if the contract breaks a rule, with every problem
     * @throws IllegalArgumentException if the key is empty or longer
     * @throws IllegalStateException if sharding is not enabled on this node
     */
    public <T> T ref(Class<T> contract, String key) {
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        Check.between("key of an entity, in bytes,", bytes, 1, MAX_KEY);
        return contract.cast(known.computeIfAbsent(contract, this::client).ref(key));
    }

    private EntityClient client(Class<?> contract) {
        EntityCalls calls = port.get().calls();
        return new EntityClient(contracts.read(contract), clients, calls);
    }
}
