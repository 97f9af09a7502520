package io.holdfast.consensus.state;

import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One resource while a command or question runs. */
final class ResourceState implements StateContext {
    private final CommandScope scope;
    private final int type;
    private final String name;
    private final int rowsBefore;
    private final long bytesBefore;
    private long resource;

    ResourceState(CommandScope scope, int type, String name, long resource) {
        this.scope = scope;
        this.type = type;
        this.name = name;
        this.resource = resource;
        this.rowsBefore = store().size(resource);
        this.bytesBefore = store().bytes(resource);
    }

    int type() {
        return type;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long revision() {
        return scope.revision();
    }

    @Override
    public long logNanos() {
        return scope.logNanos();
    }

    @Override
    public long session() {
        return scope.session();
    }

    private StateStore store() {
        return scope.state().store();
    }

    /** Where its rows are; made if need be. */
    private long made() {
        if (resource == Catalogue.NONE) {
            resource = scope.state().catalogue().create(type, name);
        }
        return resource;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return store().get(resource, key);
    }

    @Override
    public int size() {
        return store().size(resource);
    }

    @Override
    public @Nullable Row ceiling(byte[] key) {
        return store().ceiling(resource, key);
    }

    @Override
    public @Nullable Row last() {
        return store().last(resource);
    }

    @Override
    public void scan(byte[] from, byte @Nullable [] to, Predicate<Row> visitor) {
        store().scan(resource, from, to, visitor);
    }

    @Override
    public void put(byte[] key, byte[] value) {
        if (key.length > StateLimits.MAX_KEY) {
            throw new Refusal("a key (" + key.length + " bytes) of " + name + " must have at most "
                    + StateLimits.MAX_KEY + " bytes; shorten it");
        }
        store().put(made(), key, value);
    }

    /** Refuses a command that has made the resource larger and beyond a limit. */
    void checkLimits(StateLimits limits) {
        int rows = store().size(resource);
        if (rows > limits.rows() && rows > rowsBefore) {
            throw new Refusal(name + " has " + limits.rows()
                    + " entries, its limit; remove some, or divide it over several names");
        }
        long bytes = store().bytes(resource);
        if (bytes > limits.resourceBytes() && bytes > bytesBefore) {
            throw new Refusal(name + " has " + limits.resourceBytes()
                    + " bytes, its limit; remove some entries, or divide it over several names");
        }
    }

    @Override
    public boolean remove(byte[] key) {
        return store().remove(resource, key);
    }

    @Override
    public long nextToken() {
        return Marks.TOKEN.next(store());
    }

    @Override
    public void setDeadline(byte[] key, long logNanos) {
        scope.state().deadlines().set(made(), key, logNanos);
    }

    @Override
    public void clearDeadline(byte[] key) {
        scope.state().deadlines().clear(resource, key);
    }

    @Override
    public OptionalLong deadline(byte[] key) {
        return scope.state().deadlines().at(resource, key);
    }

    @Override
    public boolean isAlive(long session) {
        return scope.state().sessions().find(session) != null;
    }

    @Override
    public void holdSession(long session) {
        scope.state().sessions().hold(session, made());
    }

    @Override
    public void releaseSession(long session) {
        scope.state().sessions().release(session, resource);
    }

    @Override
    public void emit(int kind, byte[] key, byte[] payload) {
        scope.emit(new EventRing.Entry(type, name, new Event(scope.revision(), kind, key, payload)));
    }

    @Override
    public StateContext sibling(String other) {
        return scope.resource(type, other);
    }

    /** The command is over: a resource without rows goes, with its name and deadlines. */
    void finish() {
        if (resource != Catalogue.NONE && store().size(resource) == 0) {
            scope.state().deadlines().clearAll(resource);
            scope.state().catalogue().remove(resource, new Catalogue.Owner(type, name));
            resource = Catalogue.NONE;
        }
    }
}
