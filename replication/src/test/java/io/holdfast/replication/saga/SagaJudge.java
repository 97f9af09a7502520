package io.holdfast.replication.saga;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares what the service did with how the sagas ended. */
final class SagaJudge {
    private final SagaSim sim;

    SagaJudge(SagaSim sim) {
        this.sim = sim;
    }

    void judge() {
        sim.wanted.forEach((id, definition) -> {
            SagaView.Status status = sim.over.get(id).status();
            check(status != SagaView.Status.ABORTED, id + " was given up by nobody");
            boolean completed = status == SagaView.Status.COMPLETED;
            switch (definition) {
                case "order" -> order(id, completed);
                case "bundle" -> bundle(id, completed);
                default -> letter(id, completed);
            }
        });
        int sum = sim.bank.money.values().stream().mapToInt(Integer::intValue).sum();
        int expected = sim.wanted.entrySet().stream()
                .filter(each -> sim.over.get(each.getKey()).status() == SagaView.Status.COMPLETED)
                .mapToInt(each -> payments(each.getValue()))
                .sum();
        check(sum == expected, "money: " + sum + " was paid, " + expected + " should be");
    }

    private static int payments(String definition) {
        return Map.of("order", 5, "bundle", 6, "letter", 2).getOrDefault(definition, 0);
    }

    private void order(String id, boolean completed) {
        paid(id, Trips.ORDER, completed);
        int mails = sim.bank.mails(id + "/mail");
        check(completed ? mails == 1 : mails <= 1, id + " was mailed " + mails + " times");
        inOrder(id, List.of("reserve", "charge", "ship", "finish"));
        inOrder(id, List.of("reserve", "charge", "gift", "finish"));
    }

    private void bundle(String id, boolean completed) {
        paid(id, Trips.BUNDLE, completed);
        paid(id + "/there", Trips.LEG, completed);
        paid(id + "/back", Trips.LEG, completed);
        inOrder(id, List.of("book", "there/seat", "there/ticket", "insure"));
        inOrder(id, List.of("book", "back/seat", "back/ticket", "insure"));
    }

    private void letter(String id, boolean completed) {
        paid(id, List.of("stamp", "file"), completed);
        int mails = sim.bank.mails(id + "/post");
        check(mails == (completed ? 1 : 0), id + " is posted " + mails + " times, and completed: " + completed);
        inOrder(id, List.of("stamp", "post", "file"));
    }

    private void paid(String id, List<String> steps, boolean completed) {
        for (String step : steps) {
            int paid = sim.bank.paid(id + "/" + step);
            check(
                    paid == (completed ? 1 : 0),
                    id + "/" + step + " is paid " + paid + " times, and completed: " + completed);
        }
    }

    /** Effects come in the order of the steps, and are taken back in the reverse. */
    private void inOrder(String id, List<String> steps) {
        List<Integer> done = new ArrayList<>();
        List<Integer> undone = new ArrayList<>();
        for (String line : sim.bank.log) {
            for (int i = 0; i < steps.size(); i++) {
                String account = id + "/" + steps.get(i);
                if (line.equals("do " + account)) {
                    done.add(i);
                } else if (line.equals("undo " + account)) {
                    undone.add(-i);
                }
            }
        }
        check(done.stream().sorted().toList().equals(done), id + " was done in the order " + done + " of " + steps);
        check(undone.stream().sorted().toList().equals(undone), id + " was undone in the order " + undone);
    }

    private static void check(boolean holds, String broken) {
        if (!holds) {
            throw new AssertionError(broken);
        }
    }
}
