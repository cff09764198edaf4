package io.millrace.bench.publish;

import io.millrace.media.flv.FlvTag;

/** Gives a clip's headers once, and its frames again and again. */
final class ClipLoop implements TagSource {
  private final Clip clip;
  private int headers;
  private long frames;

  ClipLoop(Clip clip) {
    this.clip = clip;
  }

  @Override
  public FlvTag next() {
    if (headers < clip.headers().size()) {
      return Clip.at(clip.headers().get(headers++), 0);
    }
    return clip.frame(frames++);
  }
}
