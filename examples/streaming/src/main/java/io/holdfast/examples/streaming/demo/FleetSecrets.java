package io.holdfast.examples.streaming.demo;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * What the nodes of one run share.
 *
 * @param tokens signs the tokens
 * @param password the demo users' password
 */
record FleetSecrets(String tokens, String password) {
    static FleetSecrets fresh() {
        return new FleetSecrets(random(32), random(12));
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    @Override
    public String toString() {
        return "FleetSecrets[******]";
    }
}
