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
    String withUnit = text.chars().allMatch(Character::isDigit) ? text + "ms" : text;
    try {
      return Math.toIntExact(TIME.reader().apply(withUnit).toMillis());
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "\"%s\" (expected: a time such as 200ms or 30s)".formatted(text));
    }
  }
}
