package io.millrace.media.flv;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.track.Colour;
import io.millrace.media.track.PictureFormat;
import org.junit.jupiter.api.Test;

class ColourInfoTest {
  private static final Colour TOLD = new Colour(9, 16, 9, false);

  private final ColourInfo metadata = new ColourInfo(TOLD, null, null);
  private final PictureFormat picture = PictureFormat.of(64, 48, 0);

  @Test
  void addsAColourToPicturesThatTellTheRangeAlone() {
    Colour range = new Colour(2, 2, 2, /* fullRange= */ true);

    assertThat(metadata.addTo(picture).colour()).isEqualTo(TOLD);
    assertThat(metadata.addTo(picture.withColour(range)).colour())
        .isEqualTo(new Colour(9, 16, 9, true));
    assertThat(ColourInfo.NONE.addTo(picture.withColour(range)).colour()).isEqualTo(range);
  }

  @Test
  void leavesWhatPicturesTellAsItIs() {
    Colour own = new Colour(1, 1, 1, false);

    assertThat(metadata.addTo(picture.withColour(own)).colour()).isEqualTo(own);
  }
}
