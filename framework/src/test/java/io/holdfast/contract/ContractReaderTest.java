package io.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.codec.CborCodec;
import io.holdfast.codec.CodecLimits;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.Idempotent;
import io.holdfast.service.RemoteService;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ContractReaderTest {
    private final ContractReader reader = new ContractReader(CborCodec.of(CodecLimits.standard()));

    record Title(String id, String name) {}

    static final class Unknown extends Exception {
        private final String id;
        private final int tries;

        Unknown(String id, int tries) {
            super("no title " + id);
            this.id = id;
            this.tries = tries;
        }

        String id() {
            return id;
        }

        int tries() {
            return tries;
        }
    }

    static final class Sold extends Exception {
        Sold(String message, Throwable cause) {
            super(message, cause);
        }
    }

    @RemoteService(value = "catalog", version = "2")
    interface Catalog {
        @Idempotent
        Title find(String id) throws Unknown, Sold, OverloadedException;

        void add(Title title);

        CompletionStage<List<Title>> search(String text, int limit);

        default Title nothing(String id) {
            return new Title(id, "");
        }

        static Catalog none() {
            throw new AssertionError();
        }
    }

    @Test
    void readsEachKindOfMethodOnce() {
        Contract contract = reader.read(Catalog.class);
        assertThat(contract.service()).hasToString("catalog");
        assertThat(contract.version()).isEqualTo("2");
        assertThat(contract.local()).extracting(m -> m.getName()).containsExactly("nothing");
        assertThat(contract.methods())
                .extracting(RemoteMethod::name)
                .containsExactlyInAnyOrder("catalog/find", "catalog/add", "catalog/search");
        assertThat(method(contract, "find").idempotent()).isTrue();
        assertThat(method(contract, "find").kind()).isEqualTo(ResultKind.VALUE);
        assertThat(method(contract, "add").kind()).isEqualTo(ResultKind.ACKNOWLEDGED);
        assertThat(method(contract, "search").kind()).isEqualTo(ResultKind.STAGE);
        assertThat(contract.hashes()).isSorted();
    }

    private static RemoteMethod method(Contract contract, String name) {
        return contract.methods().stream()
                .filter(m -> m.method().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theHashOfAMethodNeverChangesBetweenReleases() throws Exception {
        var find = Catalog.class.getDeclaredMethod("find", String.class);
        assertThat(MethodHash.signature(find)).isEqualTo("find(java.lang.String)");
        assertThat(MethodHash.of(find)).isEqualTo(GOLDEN_FIND);
    }

    private static final int GOLDEN_FIND = fnv("find(java.lang.String)");

    private static int fnv(String ascii) { // a second reading of the algorithm's description
        long hash = 2166136261L;
        for (char c : ascii.toCharArray()) {
            hash = ((hash ^ c) * 16777619L) & 0xffffffffL;
        }
        return (int) hash;
    }

    @Test
    void aDeclaredExceptionTravelsByItsFieldsOrItsMessage() {
        RemoteMethod find = method(reader.read(Catalog.class), "find");
        var unknown = new Unknown("tt1", 3);
        DeclaredFailure failure = find.failures().get(find.failureOf(unknown));
        assertThat(failure.decode(failure.encode(unknown))).isInstanceOfSatisfying(Unknown.class, e -> {
            assertThat(e.id()).isEqualTo("tt1");
            assertThat(e.tries()).isEqualTo(3);
            assertThat(e).hasMessage("no title tt1");
        });
        var sold = new Sold("gone", new IllegalStateException("kept here"));
        DeclaredFailure byMessage = find.failures().get(find.failureOf(sold));
        assertThat(byMessage.decode(byMessage.encode(sold)))
                .isInstanceOf(Sold.class)
                .hasMessage("gone")
                .hasNoCause();
        assertThat(find.failureOf(new IllegalStateException())).isEqualTo(-1);
    }

    static final class Mute extends Exception {
        Mute(int code, Thread thread) {
            super(code + thread.getName());
        }
    }

    @RemoteService("Bad_Name")
    interface Broken<X> {
        <T> T any(T value);

        Future<String> later();

        CompletionStage<?> wild();

        @SuppressWarnings("rawtypes")
        List raw();

        void take(Object anything);

        void fails() throws Mute;

        void twice(String text);

        void twice(int number);
    }

    @Test
    void everyMistakeIsReportedAtOnceWithPlaceAndFix() {
        assertThatThrownBy(() -> reader.read(Broken.class))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContainingAll(
                        "Broken breaks 9 rules",
                        "service name (Bad_Name) must be a DNS label",
                        "Broken: a contract has no type parameters",
                        "Broken.any(Object): a remote method has no type parameters",
                        "Broken.later(): Future blocks who reads it; return CompletionStage",
                        "Broken.wild(): CompletionStage does not name its result; write CompletionStage<Order>",
                        "Broken.raw() result: ",
                        "Broken.take(Object): ",
                        "Broken.fails(): exception " + Mute.class.getName() + " cannot travel: give it a constructor",
                        "another method has the same name");
    }

    @Test
    void whatIsNoContractIsRefusedWithTheFix() {
        assertThatThrownBy(() -> reader.read(Runnable.class))
                .hasMessageContaining("java.lang.Runnable is no contract")
                .hasMessageContaining("annotate the interface");
        assertThat(ContractReader.contractsOf("text")).isEmpty();
    }

    interface Wider extends Catalog {}

    @Test
    void contractsAreFoundBehindOtherInterfacesAndSuperclasses() {
        class Base implements Wider {
            @Override
            public Title find(String id) {
                return nothing(id);
            }

            @Override
            public void add(Title title) {}

            @Override
            public CompletionStage<List<Title>> search(String text, int limit) {
                throw new AssertionError();
            }
        }
        class Derived extends Base {}
        assertThat(ContractReader.contractsOf(new Derived())).isEqualTo(List.of(Catalog.class));
    }
}
