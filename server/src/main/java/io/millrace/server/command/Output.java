package io.millrace.server.command;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The option {@code --json}, and the two ways of answering that it chooses between. */
public final class Output {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  public boolean isJson() {
    return json;
  }

  /** Writes a line of progress; nothing where the answer is JSON, which comes whole at the end. */
  public void progress(String line) {
    if (!json) {
      PrintWriter out = requireNonNull(spec, "spec").commandLine().getOut();
      out.println(line);
      out.flush();
    }
  }

  /** Prints the value as JSON, or what {@code text} writes. */
  public void print(Object value, Consumer<PrintWriter> text) {
    PrintWriter out = requireNonNull(spec, "spec").commandLine().getOut();
    if (json) {
      out.println(
          JsonMapper.builder()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .build()
              .writeValueAsString(value));
    } else {
      text.accept(out);
    }
    out.flush();
  }
}
