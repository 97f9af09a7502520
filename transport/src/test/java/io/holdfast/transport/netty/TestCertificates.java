package io.holdfast.transport.netty;

import io.holdfast.transport.TlsConfig;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.UnaryOperator;

/** An authority and the certificates that it signs, as PEM files in a test's folder. */
final class TestCertificates {
    private final Path folder;
    private final X509Bundle authority;
    private int count;

    TestCertificates(Path folder) throws Exception {
        this.folder = folder;
        this.authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=test authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    X509Bundle authority() {
        return authority;
    }

    static CertificateBuilder leaf() {
        return new CertificateBuilder().ecp256().subject("CN=leaf");
    }

    /** A certificate for 127.0.0.1 with more names. */
    TlsConfig issue(UnaryOperator<CertificateBuilder> names) throws Exception {
        return files(names.apply(leaf().addSanIpAddress("127.0.0.1")).buildIssuedBy(authority));
    }

    TlsConfig files(X509Bundle bundle) throws Exception {
        String name = "c" + count++;
        Path certificate = write(name + ".pem", bundle.getCertificatePathPEM());
        Path key = write(name + ".key", bundle.getPrivateKeyPEM());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return TlsConfig.of(certificate, key, write(name + ".ca", authority.getRootCertificatePEM()));
    }

    private Path write(String name, String pem) throws Exception {
        return Files.writeString(folder.resolve(name), pem);
    }
}
