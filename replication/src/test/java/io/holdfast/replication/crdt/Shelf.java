package io.holdfast.replication.crdt;

import io.holdfast.core.env.Registration;

/** Handles over a replica without a space. */
record Shelf(Replica replica) implements Place.Hooks {
    Place place(Kind kind, String name) {
        return new Place(replica, new ObjectId(kind, name), Path.ROOT, this);
    }

    CrdtGrowCounter growCounter(String name) {
        return new CrdtGrowCounter(place(Kind.GROW_COUNTER, name));
    }

    CrdtCounter counter(String name) {
        return new CrdtCounter(place(Kind.COUNTER, name));
    }

    CrdtSet<String> set(String name) {
        return new CrdtSet<>(place(Kind.SET, name), Texts.UTF_8);
    }

    CrdtMap<String> map(String name) {
        return new CrdtMap<>(place(Kind.MAP, name), Texts.UTF_8);
    }

    CrdtRegister<String> register(String name) {
        return new CrdtRegister<>(place(Kind.LAST_WRITER_REGISTER, name), Texts.UTF_8);
    }

    CrdtMultiRegister<String> multiRegister(String name) {
        return new CrdtMultiRegister<>(place(Kind.MULTI_VALUE_REGISTER, name), Texts.UTF_8);
    }

    CrdtFlag enableWins(String name) {
        return new CrdtFlag(place(Kind.ENABLE_WINS_FLAG, name), true);
    }

    CrdtFlag disableWins(String name) {
        return new CrdtFlag(place(Kind.DISABLE_WINS_FLAG, name), false);
    }

    @Override
    public void updated(ObjectId id) {
        // nobody listens
    }

    @Override
    public void refused() {
        // nobody counts
    }

    @Override
    public Registration listen(ObjectId id, Runnable listener) {
        return () -> {};
    }
}
