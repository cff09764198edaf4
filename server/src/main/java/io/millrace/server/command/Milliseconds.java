package io.millrace.server.command;

import io.millrace.server.settings.SettingType;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time as settings write it, such as 200ms or 30s; a number alone is milliseconds. */
final class Milliseconds implements ITypeConverter<Integer> {
  private static final SettingType<Duration> TIME =
      SettingType.duration(Duration.ZERO, Duration.ofMillis(Integer.MAX_VALUE));

  @Override
  public Integer convert(String text) {
    return Math.toIntExact(time(text, "ms", "200ms or 30s").toMillis());
  }

  /** The time that is written; a number alone is of {@code unit}. */
  static Duration time(String text, String unit, String examples) {
    String withUnit = text.chars().allMatch(Character::isDigit) ? text + unit : text;
    try {
      return TIME.reader().apply(withUnit);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "\"%s\" (expected: a time such as %s)".formatted(text, examples));
    }
  }
}
