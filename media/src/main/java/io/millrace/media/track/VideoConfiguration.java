package io.millrace.media.track;

import io.millrace.media.Bytes;

/** Holds a picture codec's configuration, and knows what a sample of it is. */
public sealed interface VideoConfiguration extends CodecConfiguration
    permits AvcConfiguration, HevcConfiguration, Av1Configuration, Vp9Configuration {
  PictureFormat picture();

  /** The same configuration with another picture, or with one of which more is known. */
  VideoConfiguration withPicture(PictureFormat newPicture);

  /**
   * What a sample depends on, whatever its container says of it. One that cannot be read depends on
   * others.
   */
  SampleDependency dependency(Bytes sample);

  /**
   * The configuration as a keyframe completes it: with the picture's size and HDR marks where the
   * record does not tell them, and with the keyframe's own where the codec lets it change them.
   */
  VideoConfiguration withKeyframe(Bytes sample);

  /** The same configuration with a frame rate that was measured. */
  default VideoConfiguration withFrameRate(double measured) {
    return withPicture(picture().withFrameRate(measured));
  }

  default int width() {
    return picture().width();
  }

  default int height() {
    return picture().height();
  }

  default double frameRate() {
    return picture().frameRate();
  }
}
