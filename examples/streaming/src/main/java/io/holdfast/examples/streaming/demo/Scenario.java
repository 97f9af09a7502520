package io.holdfast.examples.streaming.demo;

import java.util.List;

/** Something that goes wrong, and a policy that is there for it. Stateless. */
interface Scenario {
    /** What {@code --scenario} takes. */
    String name();

    /** What happens, in a line. */
    String story();

    /** What the fleet without the policy does, in a line. */
    String without();

    /** What the other one does. */
    String with();

    /** Blocks of YAML for each node, below {@code holdfast}. */
    String settings(boolean policy);

    /** The version of the program that a node runs; empty for none. */
    default String version(int node) {
        return "";
    }

    /** Whether the clients send a request to another gateway when one is gone. */
    default boolean secondTries(boolean policy) {
        return true;
    }

    /** What the viewers ask for. */
    default Habits habits() {
        return Habits.BROWSING;
    }

    /** Before the nodes start. */
    default void prepare(Fleet fleet) {}

    /**
     * A third of the time is over: it goes wrong. Runs on a thread of its own, at most until the load ends and a node that was killed is back.
     *
     * @return after how many seconds the policy had done what it is there for; 0 where that is not looked for
     */
    double happen(Stage stage, boolean policy);

    /** By what it is judged. */
    List<Figure> figures();
}
