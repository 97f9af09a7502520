package io.holdfast.replication.saga;

import io.holdfast.core.NotAppliedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The service behind the steps: does each effect once for each key, takes it back once for each key, and remembers what it did in which order. */
final class Bank {
    private final long seed;
    private final int percent;
    private final Set<String> refused = new HashSet<>();
    private final Set<String> done = new HashSet<>();
    private final Set<String> revoked = new HashSet<>();
    private final Set<String> undone = new HashSet<>();
    private final Map<String, Integer> once = new HashMap<>();
    private final Map<String, Integer> leastAttempt = new HashMap<>();
    private final Set<String> fixed = new HashSet<>();
    final Map<String, Integer> money = new HashMap<>();
    final List<String> log = new ArrayList<>();
    int calls;

    /** Refuses so many of a hundred payments, and cannot take so many back. */
    Bank(long seed, int percent) {
        this.seed = seed;
        this.percent = percent;
    }

    /** Refuses one payment. */
    void refuse(String account) {
        refused.add(account);
    }

    private boolean drawn(String key) {
        long hash = (key.hashCode() * 0x9E3779B97F4A7C15L) ^ (seed * 0xC2B2AE3D27D4EB4FL);
        return Math.floorMod(hash >>> 17, 100) < percent;
    }

    private static String account(String key) {
        return key.substring(0, key.lastIndexOf('/'));
    }

    /** Idempotent. */
    String pay(StepContext context, boolean mayRefuse) {
        calls++;
        String key = context.idempotencyKey();
        if (revoked.contains(key)) {
            throw new StepRefusedException(key + " was taken back before");
        }
        if (done.contains(key)) {
            return "paid";
        }
        if (refused.contains(account(key)) || (mayRefuse && drawn("refuse" + account(key)))) {
            throw new StepRefusedException("no money for " + account(key));
        }
        done.add(key);
        log.add("do " + account(key));
        money.merge(account(key), 1, Integer::sum);
        return "paid";
    }

    /** Idempotent, content if nothing was done; for some it fails until somebody repairs it. */
    void payBack(StepContext context) {
        calls++;
        String effect = context.effectKey();
        if (drawn("broken" + account(effect)) && !fixed.contains(effect)) {
            throw new IllegalStateException(effect + " cannot be taken back");
        }
        takeBack(context.idempotencyKey(), effect);
    }

    void takeBack(String key, String effect) {
        revoked.add(effect);
        if (done.contains(effect) && undone.add(key)) {
            log.add("undo " + account(effect));
            money.merge(account(effect), -1, Integer::sum);
        }
    }

    void repair(String effect) {
        fixed.add(effect);
    }

    /** Not idempotent. */
    String mail(StepContext context) {
        calls++;
        String key = context.idempotencyKey();
        if (context.attempt() < leastAttempt.getOrDefault(key, 0) || revoked.contains(key)) {
            throw new NotAppliedException(key + " was settled before");
        }
        once.merge(key, 1, Integer::sum);
        log.add("do " + account(key));
        return "mailed";
    }

    void unmail(StepContext context) {
        revoked.add(context.effectKey());
        if (once.containsKey(context.effectKey()) && undone.add(context.idempotencyKey())) {
            log.add("undo " + account(context.effectKey()));
            once.merge(context.effectKey(), -1, Integer::sum);
        }
    }

    /** What became of a mail; earlier attempts that are under way are refused from now on. */
    boolean isMailed(String key, int attempt) {
        leastAttempt.merge(key, attempt, Math::max);
        return once.containsKey(key);
    }

    int mails(String account) {
        return once.getOrDefault(account + "/do", 0);
    }

    int paid(String account) {
        return money.getOrDefault(account, 0);
    }
}
