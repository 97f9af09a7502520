package io.holdfast.examples.streaming.account;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.Transaction;
import io.holdfast.consensus.Versioned;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.security.Secret;
import io.holdfast.examples.streaming.catalog.Title;
import java.time.Duration;

/**
 * The users and their plans, in two replicated maps. Methods may throw what {@link ReplicatedMap} throws. Safe for use by many threads.
 */
public final class Accounts {
    /** How many demo users there are: viewer-1 and so on. */
    public static final int DEMO_USERS = 1000;

    private static final int FIRST_WITH_CLASSICS = 901;
    private static final int FIRST_LAPSED = 991;

    /** A plan that changes counts everywhere within this time, also at a node that is cut off from the others: it refuses then. */
    private static final ReadConsistency SECONDS_OLD = ReadConsistency.bounded(Duration.ofSeconds(5));

    private static final String SEEDED = "demo-users";

    private final Consensus consensus;
    private final ReplicatedMap<String, Account> accounts;
    private final ReplicatedMap<String, Plan> plans;
    private final ReplicatedMap<String, Boolean> seeds;
    private final PasswordHash hash;

    /**
     * Opens the maps.
     *
     * @param consensus of this node
     * @param secret of the platform; the same on all nodes
     */
    public Accounts(Consensus consensus, Secret secret) {
        this.consensus = consensus;
        this.accounts = consensus.map("accounts", String.class, Account.class);
        this.plans = consensus.map("entitlements", String.class, Plan.class);
        this.seeds = consensus.map("seeds", String.class, Boolean.class);
        this.hash = new PasswordHash(secret);
    }

    /**
     * Makes the demo's users, once in the life of the cluster, whichever node comes first: one transaction with a mark. What was changed since stays as it is.
     *
     * @param password the one password of all
     * @return whether this call made them
     */
    public boolean seed(Secret password) {
        if (seeds.get(SEEDED).isPresent()) {
            return false;
        }
        Transaction once = consensus.transaction().ifAbsent(seeds, SEEDED).put(seeds, SEEDED, true);
        for (int number = 1; number <= DEMO_USERS; number++) {
            String user = "viewer-" + number;
            once.put(accounts, user, new Account(user, hash.of(user, password.reveal())));
            once.put(plans, user, planOf(number));
        }
        return once.commit().succeeded();
    }

    private static Plan planOf(int number) {
        if (number >= FIRST_LAPSED) {
            return Plan.LAPSED;
        }
        return number >= FIRST_WITH_CLASSICS ? Plan.CLASSICS : Plan.STANDARD;
    }

    /**
     * Whether a password is right. A linearizable read: who was locked out or has a new password a moment ago does not get in with the old one anywhere.
     *
     * @param user the name
     * @param password the password
     * @return true if there is such a user with this password
     */
    public boolean matches(String user, String password) {
        String expected = accounts.get(user).map(Account::passwordHash).orElse("");
        return hash.matches(expected, user, password);
    }

    /**
     * What a user has paid for. The answer may be five seconds old, so it costs no question to others most of the time, and an election does not hold up who wants to play.
     *
     * @param user the name
     * @return the plan; {@link Plan#LAPSED} for a user without one
     */
    public Plan plan(String user) {
        return plans.entry(user, SECONDS_OLD).map(Versioned::value).orElse(Plan.LAPSED);
    }

    /**
     * Whether a user may play a title; see {@link #plan}.
     *
     * @param user the name
     * @param title the title
     * @return whether the plan has it
     */
    public boolean mayPlay(String user, Title title) {
        return plan(user).includes(title);
    }

    /**
     * Gives a user another plan.
     *
     * @param user the name
     * @param plan what is paid for from now on
     */
    public void change(String user, Plan plan) {
        plans.put(user, plan);
    }
}
