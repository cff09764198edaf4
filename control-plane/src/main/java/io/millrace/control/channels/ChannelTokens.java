package io.millrace.control.channels;

import io.millrace.control.http.JsonBody;
import io.millrace.control.token.TokenPolicy;
import io.millrace.control.token.TokenPolicy.Binding;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a channel wants of its viewers, as the API shows it. */
record ChannelTokens(boolean required, List<String> bindings, int longestSessionSeconds) {
  static ChannelTokens of(TokenPolicy policy) {
    return new ChannelTokens(
        policy.required(),
        policy.bindings().stream().map(ChannelTokens::name).sorted().toList(),
        policy.longestSessionS());
  }

  private static String name(Binding binding) {
    return binding.name().toLowerCase(Locale.ROOT);
  }

  /** What the body names, and else what was before; errors are left with the body. */
  static TokenPolicy read(Optional<JsonBody> body, TokenPolicy before) {
    return body.map(tokens -> read(tokens, before)).orElse(before);
  }

  private static TokenPolicy read(JsonBody body, TokenPolicy before) {
    boolean required = body.bool("required").orElse(before.required());
    Set<Binding> bindings =
        body.strings("bindings").map(names -> bindings(body, names)).orElse(before.bindings());
    int longest = body.integer("longestSessionSeconds").orElse(before.longestSessionS());
    if (longest < 0 || longest > TokenPolicy.MOST_SESSION_S) {
      body.error(
          "longestSessionSeconds",
          "%d (expected: 0 to %d)".formatted(longest, TokenPolicy.MOST_SESSION_S));
      longest = before.longestSessionS();
    }
    return new TokenPolicy(required, bindings, longest);
  }

  private static Set<Binding> bindings(JsonBody body, List<String> names) {
    Set<Binding> bindings = EnumSet.noneOf(Binding.class);
    for (String each : names) {
      Stream.of(Binding.values()).filter(b -> name(b).equals(each)).forEach(bindings::add);
    }
    if (bindings.size() != names.size()) {
      body.error(
          "bindings", "%s (expected: address, session, or both)".formatted(JsonBody.shown(names)));
    }
    return bindings;
  }
}
