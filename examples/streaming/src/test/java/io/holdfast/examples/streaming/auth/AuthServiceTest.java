package io.holdfast.examples.streaming.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.security.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AuthServiceTest {
    private static final String SECRET = "a secret of at least thirty-two bytes";

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_000_000));
    private final AuthService auth = service(SECRET, "auth-1");

    private AuthService service(String secret, String node) {
        AuthConfig config = new AuthConfig(Secret.of(secret), Secret.of("demo"), Duration.ofHours(1));
        return new AuthService(config, AuthServiceTest::isRight, now::get, node);
    }

    private static boolean isRight(String user, String password) {
        return user.equals("viewer-7") && password.equals("demo");
    }

    @Test
    void takesATokenThatAnotherNodeOfThePlatformGave() throws InvalidTokenException {
        Grant grant = auth.login("viewer-7", "demo");
        assertThat(service(SECRET, "auth-2").verify(grant.token()))
                .isEqualTo(new Session("viewer-7", 1_003_600, "auth-2"));
    }

    @Test
    void refusesATokenOfAnotherPlatformOrAfterItsTime() throws InvalidTokenException {
        Grant grant = auth.login("viewer-7", "demo");
        assertThatThrownBy(() -> service(SECRET + "!", "auth-1").verify(grant.token()))
                .isInstanceOf(InvalidTokenException.class)
                .hasMessageContaining("not signed");
        now.set(Instant.ofEpochSecond(grant.expiresAtSeconds()));
        assertThatThrownBy(() -> auth.verify(grant.token())).hasMessageContaining("expired");
    }

    @Test
    void doesNotSayWhetherUserOrPasswordIsWrong() {
        assertThatThrownBy(() -> auth.login("root", "demo")).hasMessage("user or password is wrong");
        assertThatThrownBy(() -> auth.login("viewer-7", "wrong")).hasMessage("user or password is wrong");
    }

    @Test
    void refusesASecretThatCanBeGuessed() {
        assertThatThrownBy(() -> service("short", "auth-1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 32");
    }

    @Property(tries = 200)
    void refusesATokenOfWhichOneCharacterWasChanged(@ForAll @IntRange(max = 62) int at, @ForAll char to)
            throws InvalidTokenException {
        String token = auth.login("viewer-7", "demo").token();
        int position = Math.min(at, token.length() - 2); // the last character carries bits that mean nothing
        if (token.charAt(position) != to) {
            String changed = token.substring(0, position) + to + token.substring(position + 1);
            assertThatThrownBy(() -> auth.verify(changed)).isInstanceOf(InvalidTokenException.class);
        }
    }
}
