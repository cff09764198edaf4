package io.millrace.bench.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Keeps the inputs by which a long run reached new code, one archive for each target. */
final class Corpus {
  private static final int MOST_INPUTS = 10_000;

  private Corpus() {}

  /** The target's inputs; none where no run was kept. */
  static List<byte[]> of(FuzzTarget target) {
    List<byte[]> inputs = new ArrayList<>();
    try (InputStream archive =
        Corpus.class.getResourceAsStream("corpus/" + target.label() + ".zip")) {
      if (archive == null) {
        return inputs;
      }
      ZipInputStream in = new ZipInputStream(archive);
      for (ZipEntry each = in.getNextEntry();
          each != null && inputs.size() < MOST_INPUTS;
          each = in.getNextEntry()) {
        inputs.add(in.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The corpus of " + target.label() + " cannot be read", e);
    }
    return inputs;
  }
}
