package io.millrace.sdk.internal;

import io.millrace.sdk.ViewerToken;
import io.millrace.sdk.ViewerTokenRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads and writes viewers' tokens as the API's contract has them. */
final class TokenJson {
  private TokenJson() {}

  static ViewerToken token(JsonObject json) {
    JsonObject watch = json.object("watch");
    return new ViewerToken(
        json.string("token"),
        json.string("id"),
        json.uuid("channel"),
        json.instant("expiresAt"),
        watch.optionalString("hls"),
        watch.optionalString("dash"));
  }

  static byte[] write(ViewerTokenRequest request) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("expiresInSeconds", request.expiresIn().toSeconds());
    if (request.session() != null) {
      body.put("session", request.session());
    }
    if (request.address() != null) {
      body.put("address", request.address());
    }
    return Json.write(body);
  }
}
