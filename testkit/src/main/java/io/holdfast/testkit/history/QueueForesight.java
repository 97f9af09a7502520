package io.holdfast.testkit.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the polls of a whole history say about its offers. If value a was polled before the poll of b began, a was offered before b; a search that does not know this guesses the
 * order of concurrent offers and finds out only when they are polled, which takes exponential time. Says nothing about values that are offered or polled more than once.
 */
final class QueueForesight {
    static final QueueForesight NONE = new QueueForesight(Map.of(), Map.of(), Set.of(), Map.of());

    private final Map<String, Integer> places;
    private final Map<String, Integer> needs;
    private final Set<String> neverSeen;
    private final Map<String, Integer> unseenAllowed;

    private QueueForesight(
            Map<String, Integer> places,
            Map<String, Integer> needs,
            Set<String> neverSeen,
            Map<String, Integer> unseenAllowed) {
        this.places = places;
        this.needs = needs;
        this.neverSeen = neverSeen;
        this.unseenAllowed = unseenAllowed;
    }

    static QueueForesight of(List<Operation<QueueModel.Input, QueueModel.Output>> operations) {
        Map<String, Integer> offers = new LinkedHashMap<>();
        Map<String, Integer> polls = new HashMap<>();
        Map<String, Operation<?, ?>> pollOf = new HashMap<>();
        List<Long> unknownPolls = new ArrayList<>(); // in the order of their beginnings
        for (Operation<QueueModel.Input, QueueModel.Output> operation : operations) {
            if (operation.input() instanceof QueueModel.Offer offer) {
                offers.merge(offer.value(), 1, Integer::sum);
            } else if (operation.outcome() instanceof Outcome.Ok<QueueModel.Output> ok
                    && ok.output() instanceof QueueModel.Polled polled) {
                String value = polled.value();
                if (value != null) {
                    polls.merge(value, 1, Integer::sum);
                    pollOf.put(value, operation);
                }
            } else {
                unknownPolls.add(operation.invoked());
            }
        }
        Map<String, Operation<?, ?>> traced = new HashMap<>(pollOf);
        traced.keySet().removeIf(value -> offers.getOrDefault(value, 0) != 1 || polls.getOrDefault(value, 0) != 1);
        return of(offers, polls, traced, unknownPolls);
    }

    private static QueueForesight of(
            Map<String, Integer> offers,
            Map<String, Integer> polls,
            Map<String, Operation<?, ?>> traced,
            List<Long> unknownPolls) {
        List<String> order = traced.keySet().stream()
                .sorted((a, b) -> Long.compare(end(traced, a), end(traced, b)))
                .toList();
        long[] ends = order.stream().mapToLong(value -> end(traced, value)).toArray();
        Map<String, Integer> places = new HashMap<>();
        Map<String, Integer> needs = new HashMap<>();
        Map<String, Integer> unseenAllowed = new HashMap<>();
        for (String value : order) {
            Operation<?, ?> poll = traced.get(value);
            places.put(value, places.size());
            int before = Collections.binarySearch(unknownPolls, end(traced, value));
            unseenAllowed.put(value, before < 0 ? -1 - before : before);
            needs.put(value, poll == null ? 0 : -1 - Arrays.binarySearch(ends, poll.invoked()));
        }
        Set<String> neverSeen = new HashSet<>();
        offers.forEach((value, times) -> {
            if (times == 1 && !polls.containsKey(value)) {
                neverSeen.add(value);
                needs.put(value, unknownPolls.isEmpty() ? order.size() : 0);
            }
        });
        return new QueueForesight(places, needs, neverSeen, unseenAllowed);
    }

    private static long end(Map<String, Operation<?, ?>> polls, String value) {
        Operation<?, ?> poll = polls.get(value);
        return poll == null ? Operation.NEVER : poll.returned();
    }

    /** The place of a value in the order of the polls' ends, or -1 if nothing is known. */
    int place(String value) {
        return places.getOrDefault(value, -1);
    }

    /** How many values, in the order of the polls' ends, must be offered before this one. */
    int needs(String value) {
        return needs.getOrDefault(value, 0);
    }

    /** How many values that nobody was told of can be before this one: as many as unknown polls that began before its poll ended. */
    int unseenAllowed(String value) {
        return unseenAllowed.getOrDefault(value, Integer.MAX_VALUE);
    }

    /** Whether the one poll that takes the value is acknowledged. */
    boolean mustBeSeen(String value) {
        return places.containsKey(value);
    }

    /** Whether nobody was told that the value was in the queue. If its offer is unknown, leaving it out changes nothing for the others. */
    boolean neverSeen(String value) {
        return neverSeen.contains(value);
    }
}
