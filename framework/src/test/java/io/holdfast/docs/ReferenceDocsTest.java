package io.holdfast.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReferenceDocsTest {
    @Test
    void pagesWrittenFromTheCodeAreNotStale() throws Exception {
        if (Boolean.getBoolean("docs.write")) {
            ReferenceDocs.write();
        }
        for (Map.Entry<String, String> page : ReferenceDocs.pages().entrySet()) {
            assertThat(Files.readString(ReferenceDocs.root().resolve(page.getKey())))
                    .as(page.getKey() + " is stale; write it anew with mvn test " + ReferenceDocs.HOW)
                    .isEqualTo(page.getValue());
        }
    }
}
