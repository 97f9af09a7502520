package io.holdfast.node;

import io.holdfast.consensus.LeaderElection;
import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.core.InvalidContractException;
import io.holdfast.service.LeaderOnly;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A method with {@link LeaderOnly}.
 *
 * @param election the office
 * @param every the time from one beginning to the next; zero for once a term
 * @param body runs it
 */
record LeaderMethod(String election, Duration every, LeaderElection.Duty body) {
    /**
     * Reads an object.
     *
     * @throws InvalidContractException with every mistake, each with its place and the fix
     */
    static List<LeaderMethod> of(Object bean) {
        List<String> problems = new ArrayList<>();
        List<LeaderMethod> found = new ArrayList<>();
        Set<String> elections = new HashSet<>();
        for (AnnotatedMethod<LeaderOnly> method : AnnotatedMethod.in(bean.getClass(), LeaderOnly.class)) {
            LeaderOnly said = method.said();
            List<String> wrong = mistakes(bean.getClass(), method);
            if (!elections.add(said.election())) {
                wrong.add("another method stands for election " + said.election()
                        + "; call one from the other, or give each an election of its own");
            }
            wrong.forEach(rule -> problems.add(method.place() + ": " + rule));
            if (wrong.isEmpty()) {
                AnnotatedMethod.Body body = method.of(bean);
                found.add(new LeaderMethod(said.election(), every(said), term -> body.run()));
            }
        }
        AnnotatedMethod.refuse(bean, "@LeaderOnly", problems);
        return found;
    }

    private static List<String> mistakes(Class<?> type, AnnotatedMethod<LeaderOnly> method) {
        List<String> wrong = method.mistakes(type, "the term's token");
        try {
            int bytes = method.said().election().getBytes(StandardCharsets.UTF_8).length;
            Check.between("election's name in bytes", bytes, 1, 255);
            every(method.said());
        } catch (IllegalArgumentException e) {
            wrong.add(e.getMessage());
        }
        return wrong;
    }

    private static Duration every(LeaderOnly said) {
        if (said.every().isEmpty()) {
            return Duration.ZERO;
        }
        try {
            return Check.positive("every", DurationText.parse(said.every()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("every (" + said.every() + "): " + e.getMessage(), e);
        }
    }
}
