package io.holdfast.replication.crdt;

/**
 * One write to one object: the how-many-th of an actor. An actor is a store, which is as old as its disk.
 *
 * @param actor a random number
 * @param number from 1 on
 */
record Dot(long actor, long number) implements Comparable<Dot> {
    @Override
    public int compareTo(Dot other) {
        int byActor = Long.compare(actor, other.actor);
        return byActor != 0 ? byActor : Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return Long.toHexString(actor) + ":" + number;
    }
}
