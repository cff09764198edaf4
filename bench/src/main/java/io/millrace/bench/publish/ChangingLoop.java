package io.millrace.bench.publish;

import io.millrace.media.flv.FlvTag;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Gives a clip in a loop whose picture can be exchanged for another clip's, or left out, while the
 * sound goes on: from the next keyframe on. Whoever tells it may be any thread.
 */
public final class ChangingLoop implements TagSource {
  private final Clip sound;

  /** Whose frames' times are those of every picture. */
  private final Clip grid;

  private final Queue<FlvTag> ready = new ArrayDeque<>();
  private long sounds;
  private long pictures;
  private List<Clip> shown = List.of();
  private volatile List<Clip> wanted;

  /** Begins with the clip's own picture. */
  public ChangingLoop(Clip clip) {
    sound = clip.only(FlvTag.AUDIO);
    grid = clip.only(FlvTag.VIDEO);
    wanted = List.of(grid);
    ready.addAll(sound.headers());
  }

  /** Shows the picture of a clip whose frames have the same times and the same keyframes. */
  public void show(Clip clip) {
    Clip picture = clip.only(FlvTag.VIDEO);
    if (picture.frames().size() != grid.frames().size()) {
      throw new IllegalArgumentException(
          "frames of the picture: %d (expected: %d)"
              .formatted(picture.frames().size(), grid.frames().size()));
    }
    wanted = List.of(picture);
  }

  /** Sends sound alone. */
  public void showNothing() {
    wanted = List.of();
  }

  @Override
  public FlvTag next() {
    while (ready.isEmpty()) {
      FlvTag nextSound = sound.frame(sounds);
      FlvTag nextPicture = grid.frame(pictures);
      if (nextSound.timestampMs() < nextPicture.timestampMs()) {
        sounds++;
        ready.add(nextSound);
      } else {
        addPicture(nextPicture);
        pictures++;
      }
    }
    return ready.remove();
  }

  private void addPicture(FlvTag onGrid) {
    List<Clip> asked = wanted;
    if (!asked.equals(shown) && Clip.isKeyframe(onGrid)) {
      shown = asked;
      for (Clip clip : shown) {
        clip.headers().forEach(header -> ready.add(Clip.at(header, onGrid.timestampMs())));
      }
    }
    for (Clip clip : shown) {
      ready.add(Clip.at(clip.frame(pictures), onGrid.timestampMs()));
    }
  }
}
