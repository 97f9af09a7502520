package io.holdfast.examples.streaming.account;

import io.holdfast.core.security.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Hashes passwords with HMAC-SHA-256 (RFC 2104) under a key of its own that comes from the platform's secret: who reads a snapshot of the accounts, but not the secret, cannot try passwords. The
 * demo's users share one generated password; where people choose theirs, a slow hash belongs here. Safe for use by many threads.
 */
final class PasswordHash {
    private static final String ALGORITHM = "HmacSHA256";

    private final Mac template;

    PasswordHash(Secret secret) {
        template = keyed(keyed(secret.reveal().getBytes(StandardCharsets.UTF_8)).doFinal(utf8("accounts")));
    }

    private static Mac keyed(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + ALGORITHM + "; every JDK must", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    String of(String user, String password) {
        try {
            Mac mac = (Mac) template.clone();
            mac.update(utf8(user));
            mac.update((byte) 0); // so that no user with another password has the same text
            return Base64.getEncoder().withoutPadding().encodeToString(mac.doFinal(utf8(password)));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(
                    "the HMAC of this JDK cannot be copied; that of the JDK's own provider can", e);
        }
    }

    /** Compares in constant time. */
    boolean matches(String hash, String user, String password) {
        return MessageDigest.isEqual(utf8(hash), utf8(of(user, password)));
    }
}
