package io.holdfast.examples.streaming.thumbnail;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.streaming.catalog.Title;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class DrawingTest {
    private static Title title(String name, String genre) {
        return new Title(1, name, 1968, genre, "", 0, 0, 0);
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @Property(tries = 300)
    void isAWellFormedPictureWhateverTheName(@ForAll @StringLength(max = 80) String name) throws Exception {
        assertThat(parsed(Drawing.of(title(name, name))).getDocumentElement().getTagName())
                .isEqualTo("svg");
    }

    @Test
    void nothingInANameIsMarkup() throws Exception {
        String name = "</text><script>alert(\"1\")</script> & more";
        Document picture = parsed(Drawing.of(title(name, "Drama")));
        assertThat(picture.getElementsByTagName("script").getLength()).isZero();
        assertThat(picture.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo(name);
    }

    @Test
    void aLongNameIsCutToThreeLinesThatFit() {
        assertThat(Drawing.lines("The Lord of the Rings: The Fellowship of the Ring, Extended and Restored Edition"))
                .hasSize(3)
                .allMatch(line -> line.length() <= 18)
                .last()
                .asString()
                .endsWith("…");
        assertThat(Drawing.lines("M")).containsExactly("M");
        assertThat(Drawing.lines("Supercalifragilisticexpialidocious")).containsExactly("Supercalifragilis…");
    }
}
