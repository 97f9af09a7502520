package io.holdfast.contract;

import io.holdfast.core.InvalidContractException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gathers the mistakes of what a user wrote, to report them all at once. For one thread. */
public final class ContractProblems {
    private final String subject;
    private final List<String> found = new ArrayList<>();

    /**
     * Gathers nothing yet.
     *
     * @param subject what is read, for instance {@code contract shop.Catalog}
     */
    public ContractProblems(String subject) {
        this.subject = subject;
    }

    /**
     * Notes a mistake.
     *
     * @param place where it is
     * @param problem the rule, and the fix
     */
    public void add(String place, String problem) {
        found.add(place + ": " + problem);
    }

    /**
     * Makes a part, or notes why it cannot be made.
     *
     * @param place where it is
     * @param part makes it
     * @param <T> the part
     * @return the part; null after a mistake
     */
    public <T> @Nullable T check(String place, Supplier<T> part) {
        try {
            return part.get();
        } catch (InvalidContractException | IllegalArgumentException e) {
            add(place, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /**
     * Ends the reading.
     *
     * @throws InvalidContractException with every mistake, if there is one
     */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidContractException(subject + " breaks " + found.size()
                    + (found.size() == 1 ? " rule:" : " rules:") + "\n  " + String.join("\n  ", found));
        }
    }
}
