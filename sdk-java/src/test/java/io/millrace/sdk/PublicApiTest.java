package io.millrace.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares what is public with {@code api.txt}, so that no change of it goes unseen; {@code
 * -Dmillrace.golden.rewrite=true} writes it anew.
 */
class PublicApiTest {
  private static final Path MODULE =
      Path.of(System.getProperty("millrace.server.directory")).resolveSibling("sdk-java");
  private static final Path GOLDEN = MODULE.resolve("api.txt");
  private static final String PACKAGE = "io.millrace.sdk";

  @Test
  void thePublicApiIsTheOneInTheList() throws Exception {
    String api = api();
    if (Boolean.getBoolean("millrace.golden.rewrite")) {
      Files.writeString(GOLDEN, api);
    }

    assertThat(api)
        .as("the public API is not as in api.txt (-Dmillrace.golden.rewrite=true writes it anew)")
        .isEqualTo(Files.readString(GOLDEN));
  }

  private static String api() throws IOException, ClassNotFoundException {
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files =
        Files.list(MODULE.resolve("target/classes").resolve(PACKAGE.replace('.', '/')))) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".class") && !name.equals("package-info.class")) {
          types.add(
              Class.forName(PACKAGE + "." + name.substring(0, name.length() - ".class".length())));
        }
      }
    }
    return types.stream()
            .filter(PublicApiTest::isVisible)
            .sorted(Comparator.comparing(Class::getName))
            .map(PublicApiTest::type)
            .collect(Collectors.joining("\n\n"))
        + "\n";
  }

  private static boolean isVisible(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static String type(Class<?> type) {
    List<String> members = new ArrayList<>();
    for (Field field : type.getDeclaredFields()) {
      if (isVisible(field.getModifiers()) && !field.isSynthetic()) {
        members.add(
            modifiers(field.getModifiers())
                + shown(field.getAnnotatedType())
                + " "
                + field.getName());
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isVisible(constructor.getModifiers()) && !constructor.isSynthetic()) {
        members.add(
            modifiers(constructor.getModifiers()) + type.getSimpleName() + parameters(constructor));
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      boolean everyRecordHasIt =
          type.isRecord() && List.of("equals", "hashCode", "toString").contains(method.getName());
      if (isVisible(method.getModifiers()) && !method.isSynthetic() && !everyRecordHasIt) {
        members.add(
            modifiers(method.getModifiers())
                + typeParameters(method.getTypeParameters())
                + shown(method.getAnnotatedReturnType())
                + " "
                + method.getName()
                + parameters(method));
      }
    }
    return Stream.concat(
            Stream.of(header(type)),
            members.stream().sorted(Comparator.comparing(PublicApiTest::byName)).map("  "::concat))
        .collect(Collectors.joining("\n"));
  }

  /** What a member is sorted by: its name and parameters, then the rest of it. */
  private static String byName(String member) {
    int end = member.indexOf('(') < 0 ? member.length() : member.indexOf('(');
    return member.substring(member.lastIndexOf(' ', end) + 1) + member;
  }

  private static String header(Class<?> type) {
    String kind =
        type.isRecord()
            ? "record"
            : type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class";
    int noise = Modifier.INTERFACE | (type.isInterface() ? Modifier.ABSTRACT : 0) | Modifier.STATIC;
    StringBuilder header = new StringBuilder(modifiers(type.getModifiers() & ~noise));
    header.append(type.isSealed() ? "sealed " : "").append(kind).append(' ');
    header.append(simple(type.getName()));
    header.append(typeParameters(type.getTypeParameters()));
    if (type.getSuperclass() != null && !List.of("record", "enum").contains(kind)) {
      header.append(" extends ").append(simple(type.getSuperclass().getTypeName()));
    }
    if (type.getInterfaces().length > 0) {
      header.append(" implements ").append(list(type.getAnnotatedInterfaces()));
    }
    return header.toString();
  }

  private static String modifiers(int modifiers) {
    int shown =
        modifiers
            & (Modifier.PUBLIC
                | Modifier.PROTECTED
                | Modifier.STATIC
                | Modifier.FINAL
                | Modifier.ABSTRACT);
    return shown == 0 ? "" : Modifier.toString(shown) + " ";
  }

  private static String parameters(Executable executable) {
    RecordComponent[] components = executable.getDeclaringClass().getRecordComponents();
    // Java 17 does not know the type arguments of a compact constructor's parameters.
    boolean compact =
        executable instanceof Constructor
            && components != null
            && components.length == executable.getParameterCount();
    Stream<AnnotatedType> types =
        compact
            ? Arrays.stream(components).map(RecordComponent::getAnnotatedType)
            : Arrays.stream(executable.getParameters()).map(Parameter::getAnnotatedType);
    return types.map(PublicApiTest::shown).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String typeParameters(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Arrays.stream(variables)
            .map(Object::toString)
            .collect(Collectors.joining(", ", "<", ">"));
  }

  private static String list(AnnotatedType[] types) {
    return Arrays.stream(types).map(PublicApiTest::shown).collect(Collectors.joining(", "));
  }

  private static String shown(AnnotatedType type) {
    // Java writes an annotation without elements with parentheses up to 18, without them later.
    return simple(type.toString())
        .replaceAll("@org\\.jspecify\\.annotations\\.Nullable(\\(\\))? ", "@Nullable ");
  }

  private static String simple(String name) {
    return name.replaceAll("\\b(?:java\\.[a-z.]+|io\\.millrace\\.sdk)\\.(?=[A-Z])", "")
        .replace('$', '.');
  }
}
