package io.millrace.conformance;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The rules of content steering, each with a fault in HLS or DASH. */
final class SteeringCases {
  private SteeringCases() {}

  static List<RuleCase> all() {
    return Stream.of(manifest(Twin.STEERED), sent(Twin.STEERED), sent(Twin.DASH_STEERED))
        .flatMap(cases -> cases)
        .toList();
  }

  private static RuleCase text(Rule rule, Twin twin, String part, String by) {
    return reply(
        rule,
        twin,
        reply ->
            reply.body =
                new String(reply.body, StandardCharsets.UTF_8)
                    .replace(part, by)
                    .getBytes(StandardCharsets.UTF_8));
  }

  private static RuleCase reply(Rule rule, Twin twin, Consumer<FakeOrigin.Reply> fault) {
    return new RuleCase(
        rule,
        twin,
        origin ->
            origin.reply(
                (request, reply) -> {
                  if (FakeSteering.isAsked(request)) {
                    fault.accept(reply);
                  }
                }));
  }

  private static Stream<RuleCase> manifest(Twin twin) {
    return Stream.of(
        text(Rule.STEERING_MANIFEST, twin, "{\"VERSION\"", "[\"VERSION\""),
        text(Rule.STEERING_VERSION, twin, "\"VERSION\": 1", "\"VERSION\": 2"),
        text(Rule.STEERING_TTL, twin, "\"TTL\": 3", "\"TTL\": \"3\""),
        text(Rule.STEERING_PATHWAYS, twin, "[\"B\", \"A\"]", "[\"B\", \"B\"]"),
        text(Rule.STEERING_PATHWAYS, twin, "[\"B\", \"A\"]", "[\"C\"]"),
        text(Rule.STEERING_CLONES, twin, "\"BASE-ID\": \"A\"", "\"BASE-ID\": \"C\""));
  }

  private static Stream<RuleCase> sent(Twin twin) {
    return Stream.of(
        reply(Rule.STEERING_MANIFEST, twin, reply -> reply.status = 500),
        reply(Rule.STEERING_TYPE, twin, reply -> reply.headers.put("content-type", "text/plain")),
        reply(
            Rule.STEERING_LIFETIME,
            twin,
            reply -> reply.headers.put("cache-control", "max-age=300")),
        new RuleCase(
            Rule.STEERING_RELOAD,
            twin,
            origin ->
                origin.reply(
                    (request, reply) -> {
                      if (request.query().contains("again=1")) {
                        reply.status = 404;
                      }
                    })));
  }
}
