package io.holdfast.examples.streaming.auth;

import io.holdfast.core.env.WallClock;
import io.holdfast.service.NonBlocking;
import java.util.function.BiPredicate;

/** Asks the accounts at the sign-in, and then only its own signature: who watches depends on no other node. */
public final class AuthService implements Auth {
    private final AuthConfig config;
    private final BiPredicate<String, String> passwords;
    private final TokenSigner signer;
    private final WallClock clock;
    private final String node;

    /**
     * Makes the service.
     *
     * @param config the secrets
     * @param passwords whether a user has a password: {@link io.holdfast.examples.streaming.account.Accounts#matches}
     * @param clock tells when a token ends
     * @param node the name of this node
     * @throws IllegalArgumentException if the secret is too short
     */
    public AuthService(AuthConfig config, BiPredicate<String, String> passwords, WallClock clock, String node) {
        this.config = config;
        this.passwords = passwords;
        this.signer = new TokenSigner(config.secret());
        this.clock = clock;
        this.node = node;
    }

    @Override
    public Grant login(String user, String password) throws InvalidTokenException {
        if (!passwords.test(user, password)) {
            throw new InvalidTokenException("user or password is wrong");
        }
        long expiresAtSeconds =
                clock.now().getEpochSecond() + config.tokenLifetime().toSeconds();
        return new Grant(signer.sign(user, expiresAtSeconds), expiresAtSeconds);
    }

    @Override
    @NonBlocking // a signature over a short token takes a few microseconds
    public Session verify(String token) throws InvalidTokenException {
        return signer.check(token, clock.now().getEpochSecond(), node);
    }
}
