package io.holdfast.codec;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class OneImporterTest {
    @Test
    void jacksonIsBehindTheCodecOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.holdfast.codec..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tools.jackson..")
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.holdfast"));
    }
}
