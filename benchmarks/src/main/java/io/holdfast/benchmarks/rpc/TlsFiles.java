package io.holdfast.benchmarks.rpc;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Objects;

/**
 * A self-signed certificate for the loopback interface, used by every peer as identity and as authority.
 *
 * @param certificate PEM
 * @param key PKCS #8 PEM, readable by its owner only
 */
record TlsFiles(Path certificate, Path key) {
    private static final char[] PASSWORD = "benchmark".toCharArray(); // of a key that lives for one run

    /** The files of a directory that {@link #create} has filled. */
    static TlsFiles in(Path directory) {
        return new TlsFiles(directory.resolve("certificate.pem"), directory.resolve("key.pem"));
    }

    /** Makes a key (EC P-256) and certificate with the JDK's keytool. */
    static TlsFiles create(Path directory) throws Exception {
        Path store = directory.resolve("store.p12");
        keytool(
                "-genkeypair",
                "-alias",
                "echo",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-ext",
                "bc:critical=ca:true",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        TlsFiles files = in(directory);
        write(files.certificate(), "CERTIFICATE", keys.getCertificate("echo").getEncoded());
        write(
                files.key(),
                "PRIVATE KEY",
                Objects.requireNonNull(keys.getKey("echo", PASSWORD)).getEncoded());
        return files;
    }

    private static void keytool(String... arguments) throws Exception {
        Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
        ProcessBuilder builder = new ProcessBuilder(arguments);
        builder.command().add(0, program.toString());
        int status = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException(program + " ended with status " + status);
        }
    }

    private static void write(Path file, String kind, byte[] der) throws Exception {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file,
                "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n",
                StandardCharsets.US_ASCII);
    }
}
