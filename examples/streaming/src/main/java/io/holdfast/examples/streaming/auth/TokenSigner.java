package io.holdfast.examples.streaming.auth;

import io.holdfast.core.Check;
import io.holdfast.core.security.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and checks tokens of the form {@code base64url(user|seconds).base64url(HMAC-SHA-256)} (RFC 2104). Every node with the same secret takes the tokens of the others, so a token
 * outlives the node that gave it. Safe for use by many threads.
 */
final class TokenSigner {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MIN_SECRET = 32;
    private static final int MAX_TOKEN = 256;

    private final Mac template;

    TokenSigner(Secret secret) {
        byte[] key = secret.reveal().getBytes(StandardCharsets.UTF_8);
        Check.that(
                key.length >= MIN_SECRET,
                "the secret has %d bytes; it must have at least %d, or tokens can be guessed",
                key.length,
                MIN_SECRET);
        try {
            template = Mac.getInstance(ALGORITHM);
            template.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + ALGORITHM + "; every JDK must", e);
        }
    }

    String sign(String user, long expiresAtSeconds) {
        byte[] claim = (user + "|" + expiresAtSeconds).getBytes(StandardCharsets.UTF_8);
        return encode(claim) + "." + encode(mac(claim));
    }

    /** The session of a token, checked in constant time. */
    Session check(String token, long nowSeconds, String checkedBy) throws InvalidTokenException {
        int dot = token.indexOf('.');
        if (dot < 0 || token.length() > MAX_TOKEN) {
            throw new InvalidTokenException("the token is malformed; log in again");
        }
        byte[] claim = decode(token.substring(0, dot));
        if (!MessageDigest.isEqual(mac(claim), decode(token.substring(dot + 1)))) {
            throw new InvalidTokenException("the token is not signed by this platform; log in again");
        }
        String text = new String(claim, StandardCharsets.UTF_8);
        int bar = text.lastIndexOf('|');
        long expiresAtSeconds = Long.parseLong(text.substring(bar + 1));
        if (nowSeconds >= expiresAtSeconds) {
            throw new InvalidTokenException("the token has expired; log in again");
        }
        return new Session(text.substring(0, bar), expiresAtSeconds, checkedBy);
    }

    private byte[] mac(byte[] claim) {
        try {
            return ((Mac) template.clone()).doFinal(claim);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's " + ALGORITHM + " can be cloned; this provider's cannot", e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] decode(String text) throws InvalidTokenException {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidTokenException("the token is malformed; log in again");
        }
    }
}
