package io.millrace.conformance.dash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.SAXException;

class MpdPatchTest {
  private static final String MPD =
      """
      <MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period id="0"><SegmentTimeline>\
      %s</SegmentTimeline></Period></MPD>\
      """;

  private static final String TIMELINE = "/MPD/Period[@id='0']/SegmentTimeline";

  private static Document xml(String text) throws SAXException {
    return MpdReader.xml(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Document apply(String before, String operations) throws Exception {
    String patch = "<Patch xmlns=\"" + MpdPatch.NAMESPACE + "\">" + operations + "</Patch>";
    return MpdPatch.apply(xml(MPD.formatted(before)), xml(patch));
  }

  /** The last one is as long as it can be, until two have come at once. */
  @Test
  void whatAnOperationPutThereTheNextCanSelect() throws Exception {
    Document after =
        apply(
            "<S t='0' d='5'/>",
            """
            <replace sel="%1$s/S[@t='0']"><S t="0" d="4"/></replace>\
            <add sel="%1$s/S[@t='0']" pos="after"><S t="4" d="4"/></add>\
            <add sel="%1$s"><S t="8" d="5"/></add>\
            """
                .formatted(TIMELINE));

    Document expected = xml(MPD.formatted("<S t='0' d='4'/><S t='4' d='4'/><S t='8' d='5'/>"));
    assertThat(MpdPatch.same(after.getDocumentElement(), expected.getDocumentElement())).isTrue();
  }

  @Test
  void whatIsWithinWhatWasAddedCanBeSelected() throws Exception {
    Document after =
        apply(
            "",
            """
            <add sel="/MPD"><Period id="1"><SegmentTimeline><S t="1" d="1"/><S t="2" d="1"/>\
            </SegmentTimeline><Signal xmlns="urn:other"/></Period></add>\
            <remove sel="/MPD/Period[@id='1']/SegmentTimeline/S[@t='2']"/>\
            <remove sel="/MPD/Period[@id='1']/SegmentTimeline/S[@t='1']"/>\
            """);

    assertThat(after.getElementsByTagNameNS("*", "S").getLength()).isZero();
    assertThat(after.getElementsByTagNameNS("urn:other", "Signal").getLength()).isOne();
  }

  @Test
  void refusesWhatSelectsNothing() {
    assertThatThrownBy(
            () -> apply("<S t='0' d='5'/>", "<remove sel=\"" + TIMELINE + "/S[@t='1']\"/>"))
        .isInstanceOf(MpdPatch.Refused.class)
        .hasMessageContaining("0 nodes");
  }
}
