package io.millrace.server.settings;

import java.util.List;
import java.util.stream.Stream;

/** Says which settings are wrong and what was expected, a line for each of the first. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MOST = 20;

  public SettingsException(String problem) {
    super(problem);
  }

  SettingsException(List<String> problems) {
    this(String.join("\n", first(problems)));
  }

  private static List<String> first(List<String> problems) {
    return problems.size() <= MOST
        ? problems
        : Stream.concat(
                problems.stream().limit(MOST),
                Stream.of("and %d more".formatted(problems.size() - MOST)))
            .toList();
  }

  /** One line for each setting that is wrong, of which there may be more than are told. */
  public List<String> problems() {
    return String.valueOf(getMessage()).lines().toList();
  }
}
