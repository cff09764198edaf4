package io.millrace.server.command;

import io.millrace.server.settings.SettingType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time as settings write it, such as 200ms or 30s; a number alone is milliseconds. */
final class Milliseconds implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    String withUnit = text.chars().allMatch(Character::isDigit) ? text + "ms" : text;
    try {
      return Math.toIntExact(SettingType.DURATION_TEXT.reader().apply(withUnit).toMillis());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new TypeConversionException(
          "\"%s\" (expected: a time such as 200ms or 30s)".formatted(text));
    }
  }
}
