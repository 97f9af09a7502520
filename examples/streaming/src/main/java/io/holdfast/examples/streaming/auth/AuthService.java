package io.holdfast.examples.streaming.auth;

import io.holdfast.core.env.WallClock;
import io.holdfast.service.NonBlocking;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/** Knows the demo users, who share one password: a real platform has a user store here. */
@NonBlocking // a signature over a short token takes a few microseconds
public final class AuthService implements Auth {
    private static final Pattern DEMO_USER = Pattern.compile("viewer-([1-9]\\d{0,2}|1000)");

    private final AuthConfig config;
    private final TokenSigner signer;
    private final WallClock clock;
    private final String node;

    /**
     * Makes the service.
     *
     * @param config the secrets
     * @param clock tells when a token ends
     * @param node the name of this node
     * @throws IllegalArgumentException if the secret is too short
     */
    public AuthService(AuthConfig config, WallClock clock, String node) {
        this.config = config;
        this.signer = new TokenSigner(config.secret());
        this.clock = clock;
        this.node = node;
    }

    @Override
    public Grant login(String user, String password) throws InvalidTokenException {
        boolean known = DEMO_USER.matcher(user).matches();
        boolean right = MessageDigest.isEqual(utf8(config.demoPassword().reveal()), utf8(password));
        if (!known || !right) {
            throw new InvalidTokenException("user or password is wrong");
        }
        long expiresAtSeconds =
                clock.now().getEpochSecond() + config.tokenLifetime().toSeconds();
        return new Grant(signer.sign(user, expiresAtSeconds), expiresAtSeconds);
    }

    @Override
    public Session verify(String token) throws InvalidTokenException {
        return signer.check(token, clock.now().getEpochSecond(), node);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
