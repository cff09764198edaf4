package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.http.Answer;

/** Judges how answers are sent (RFC 8216bis 6.2.1, B.1). */
final class TransportRules {
  private TransportRules() {}

  static void playlist(Answer answer, boolean blocking, Findings findings) {
    String where = answer.uri().toString();
    findings.check(
        Rule.HLS_GZIP,
        answer.header("content-encoding").equalsIgnoreCase("gzip"),
        where,
        "Content-Encoding \"%s\"".formatted(answer.header("content-encoding")),
        "gzip, which was accepted");
    findings.check(
        Rule.HTTP_CACHE_CONTROL,
        !answer.header("cache-control").isEmpty(),
        where,
        "no Cache-Control",
        blocking ? "a lifetime, six target durations" : "a lifetime, half a target duration");
    common(answer, findings);
  }

  static void media(Answer answer, Findings findings) {
    String where = answer.uri().toString();
    findings.check(
        Rule.HLS_MEDIA_REDIRECT,
        answer.redirects() == 0,
        where,
        answer.redirects() + " redirects",
        "none for media");
    if (answer.status() < 300) {
      findings.check(
          Rule.HTTP_CACHE_CONTROL,
          !answer.header("cache-control").isEmpty(),
          where,
          "no Cache-Control",
          "a lifetime");
    }
    common(answer, findings);
  }

  private static void common(Answer answer, Findings findings) {
    String where = answer.uri().toString();
    findings.check(
        Rule.HTTP_CORS,
        !answer.header("access-control-allow-origin").isEmpty(),
        where,
        "no Access-Control-Allow-Origin",
        "one, for players in browsers");
    findings.check(
        Rule.HLS_HTTP_2, answer.version().equals("HTTP/2"), where, answer.version(), "HTTP/2 or 3");
  }
}
