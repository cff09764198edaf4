package io.millrace.conformance;

import java.nio.charset.StandardCharsets;

/** The same steering manifest for both formats: two pathways, one of them a clone. */
final class FakeSteering {
  private static final String MANIFEST =
      """
      {"VERSION": 1, "TTL": 3, "RELOAD-URI": "steer?again=1", "PATHWAY-PRIORITY": ["B", "A"],
       "PATHWAY-CLONES": [{"BASE-ID": "A", "ID": "B", "URI-REPLACEMENT": {"HOST": "b.test"}}]}
      """;

  private FakeSteering() {}

  static boolean isAsked(FakeOrigin.Request request) {
    return request.uri().getPath().endsWith("/steer");
  }

  static void answer(FakeOrigin.Request request, FakeOrigin.Reply reply) {
    boolean hls = request.query().contains("_HLS_pathway=\"");
    boolean dash = request.query().contains("_DASH_pathway=\"");
    reply.status = hls || dash ? 200 : 400;
    reply.headers.put(
        "content-type", hls ? "application/vnd.apple.steering-list" : "application/json");
    reply.body = MANIFEST.getBytes(StandardCharsets.UTF_8);
  }
}
