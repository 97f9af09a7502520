package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.CatalogNodes.Catalog;
import io.holdfast.CatalogNodes.CatalogService;
import io.holdfast.CatalogNodes.NoSuchTitle;
import io.holdfast.CatalogNodes.Torn;
import io.holdfast.core.CodecException;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.call.CallContext;
import io.holdfast.service.RemoteServiceException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How what a service throws arrives at its caller. */
class CallFailuresTest {
    private static CatalogNodes nodes;
    private static Catalog catalog;

    @BeforeAll
    static void startThree() {
        nodes = CatalogNodes.start();
        catalog = nodes.client();
    }

    @AfterAll
    static void closeAll() {
        nodes.close();
    }

    @Test
    void aDeclaredExceptionArrivesAsItselfWithItsFields() {
        assertThatThrownBy(() -> catalog.find("missing1"))
                .isInstanceOfSatisfying(
                        NoSuchTitle.class, e -> assertThat(e.id()).isEqualTo("missing1"));
    }

    @Test
    void anotherExceptionArrivesAsTypeMessageAndCorrelationId() {
        assertThatThrownBy(() -> CallContext.EMPTY.withCorrelationId("req-7").call(() -> catalog.fail("test")))
                .isInstanceOfSatisfying(RemoteServiceException.class, e -> {
                    assertThat(e.remoteType()).isEqualTo("java.lang.IllegalStateException");
                    assertThat(e)
                            .hasMessageContaining("catalog/fail failed at node")
                            .hasMessageContaining("broken by test");
                    assertThat(e.correlationId()).isEqualTo("req-7");
                });
    }

    @Test
    void anErrorInAServiceIsAnsweredAsAnyOtherFailure() {
        assertThatThrownBy(() -> catalog.fail("error"))
                .isInstanceOf(RemoteServiceException.class)
                .hasMessageContaining("too deep")
                .satisfies(e -> assertThat(((RemoteServiceException) e).remoteType())
                        .isEqualTo("java.lang.StackOverflowError"));
        assertThat(catalog.context()).as("the connection lives on").containsKey("id");
    }

    @Test
    void anAnswerWhoseAccessorThrowsFailsItsCallAtOnce() {
        for (String how : List.of("exception", "error")) {
            assertThatThrownBy(() -> catalog.torn(how))
                    .isInstanceOf(HoldfastException.class)
                    .isNotInstanceOf(DeadlineExceededException.class)
                    .hasMessageContaining("torn by an " + how);
            assertThatThrownBy(
                            () -> catalog.tornLater(how).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(HoldfastException.class)
                    .isNotInstanceOf(DeadlineExceededException.class)
                    .hasMessageContaining("torn by an " + how);
        }
        int before = CatalogService.touched.get();
        assertThatThrownBy(() -> catalog.take(new Torn("exception")))
                .as("an argument fails at the caller and is never sent")
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("torn by an exception");
        assertThat(CatalogService.touched).hasValue(before);
        assertThat(catalog.torn("not")).isEqualTo(new Torn("not"));
    }

    @Test
    void adviceToRetryFromInsideAMethodIsNotPassedOnAsSafe() {
        assertThatThrownBy(() -> catalog.fail("safe advice"))
                .isInstanceOfSatisfying(
                        RemoteServiceException.class,
                        e -> assertThat(e.retry()).isEqualTo(io.holdfast.core.Retry.IF_IDEMPOTENT));
    }
}
