package io.holdfast.replication.aggregate;

import io.holdfast.core.codec.TypeCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An account that must not be overdrawn. */
final class Account implements Aggregate<Integer, Account.Command, Account.Event> {
    sealed interface Command {}

    record Deposit(int amount) implements Command {}

    record Withdraw(int amount) implements Command {}

    sealed interface Event {}

    record Deposited(int amount, String currency) implements Event {}

    record Withdrawn(int amount) implements Event {}

    /** What old builds stored: without a currency. */
    record DepositedV1(int amount) {}

    static final class OverdrawnException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    static <T> TypeCodec<T> text(Function<T, String> write, Function<String, T> read) {
        return new TypeCodec<>() {
            @Override
            public byte[] encode(@Nullable T value) {
                return write.apply(Objects.requireNonNull(value)).getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public T decode(byte[] bytes) {
                return read.apply(new String(bytes, StandardCharsets.UTF_8));
            }
        };
    }

    static final TypeCodec<Integer> NUMBER = text(String::valueOf, Integer::valueOf);
    static final TypeCodec<DepositedV1> DEPOSITED_V1 =
            text(each -> String.valueOf(each.amount()), text -> new DepositedV1(Integer.parseInt(text)));
    static final TypeCodec<Deposited> DEPOSITED = text(
            each -> each.amount() + " " + each.currency(),
            text -> new Deposited(Integer.parseInt(text.split(" ")[0]), text.split(" ")[1]));
    static final TypeCodec<Withdrawn> WITHDRAWN =
            text(each -> String.valueOf(each.amount()), text -> new Withdrawn(Integer.parseInt(text)));
    static final Schema<Event> EVENTS = Schema.<Event>define()
            .current("deposited", 3, Deposited.class, DEPOSITED)
            .older("deposited", 1, DEPOSITED_V1, old -> old.amount() + " EUR")
            .older("deposited", 2, text((String each) -> each, each -> each), Account::upcast)
            .current("withdrawn", 1, Withdrawn.class, WITHDRAWN)
            .build();
    static final Schema<Integer> STATES = Schema.of("balance", Integer.class, NUMBER);

    private static Deposited upcast(String old) {
        return DEPOSITED.decode(old.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Integer initial() {
        return 0;
    }

    @Override
    public List<Event> decide(Integer state, Command command) {
        if (command instanceof Deposit deposit) {
            return List.of(new Deposited(deposit.amount(), "EUR"));
        }
        int amount = ((Withdraw) command).amount();
        if (amount > state) {
            throw new OverdrawnException();
        }
        return amount == 0 ? List.of() : List.of(new Withdrawn(amount));
    }

    @Override
    public Integer evolve(Integer state, Event event) {
        return event instanceof Deposited deposited ? state + deposited.amount() : state - ((Withdrawn) event).amount();
    }
}
